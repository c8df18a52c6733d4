package autograd

import "strconv"

// Parameter is a Variable with the name it goes by in a model, a state dict
// and an error, such as "fc1.weight". Package nn finds the parameters of a
// model; optimizers and regularisation terms take them.
type Parameter struct {
	Name string
	*Variable
}

// Parameters names Variables that belong to no model "0", "1" and so on.
func Parameters(xs ...*Variable) []Parameter {
	out := make([]Parameter, len(xs))
	for i, x := range xs {
		out[i] = Parameter{Name: strconv.Itoa(i), Variable: x}
	}
	return out
}
