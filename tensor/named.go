package tensor

import "fmt"

// Named is a tensor with the name it goes by in a file or a state dict, such
// as "fc1.weight". A slice of them, unlike a map, keeps its order.
type Named struct {
	Name   string
	Tensor *Tensor
}

// String returns the name, type and shape, as in "fc1.weight float32 [3 2]".
func (n Named) String() string {
	if n.Tensor == nil {
		return n.Name + " nil"
	}
	return fmt.Sprintf("%s %v %v", n.Name, n.Tensor.DType(), n.Tensor.Shape())
}
