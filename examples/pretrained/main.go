// Program pretrained reads handwritten digits with a model that PyTorch trained.
//
// In Python the model was
//
//	model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
//
// and after training, for which see internal/torchref/models.py, its state dict
// went into a file in the safetensors format:
//
//	safetensors.torch.save_file(model.state_dict(), "digits.safetensors")
//
// A model of the same layers in Go has the same names and shapes, so the file
// loads, strictly: what is missing, unexpected or of another shape is listed in
// the error. The names follow from the fields of a struct or the places in a
// Sequential; go doc ./nn tells how. The way back is safetensors.WriteFile with
// nn.StateDict(model), whose file load_state_dict of PyTorch takes as it is.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"log"
	"math/rand/v2"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/data"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
	"github.com/declive/declive/tensor/interop/safetensors"
)

//go:embed digits.safetensors
var file []byte // safetensors.ReadFile reads one from the disk

func main() {
	rng := rand.New(rand.NewPCG(1, 0)) // the first weights are written over
	model := nn.Sequential{nn.NewLinear(64, 32, rng), nn.NewReLU(), nn.NewLinear(32, 10, rng)}
	pretrained, err := safetensors.Read(bytes.NewReader(file))
	if err != nil {
		log.Fatal(err)
	}
	if err := nn.LoadStateDict(model, pretrained.Tensors); err != nil {
		log.Fatal(err)
	}
	nn.Eval(model)

	digits := data.Digits()
	x := tensor.AddScalar(tensor.MulScalar(digits.X, 1.0/8), -1)
	held := tensor.SliceStep(x, 0, 0, digits.Len(), 5) // the model was trained on the others
	guess := tensor.ArgMax(model.Forward(autograd.Untracked(held)).Value(), 1)
	right := tensor.Equals(guess, tensor.SliceStep(digits.Y, 0, 0, digits.Len(), 5)).To(tensor.Int64)
	fmt.Printf("%v of %d digits held out are read right\n", tensor.Sum(right), right.Size())
}
