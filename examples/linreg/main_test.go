package main

func Example() {
	main()
	// Output: y = 2.00·x₁ + -3.40·x₂ + 4.20
}
