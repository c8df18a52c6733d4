package main

func Example() {
	main()
	// Output: 30 of 30 flowers held out are told right
}
