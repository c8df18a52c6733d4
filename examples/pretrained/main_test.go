package main

// What PyTorch counted itself; internal/torchref/models.py prints it.
func Example() {
	main()
	// Output: 350 of 360 digits held out are read right
}
