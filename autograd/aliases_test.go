package autograd_test

import "github.com/declive/declive/autograd"

// variable keeps the tests' lines short.
type variable = autograd.Variable
