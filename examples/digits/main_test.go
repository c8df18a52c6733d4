package main

func Example() {
	main()
	// Output: held-out accuracy: 98 %
}
