package losscase

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// The numbers are (x − y)², its gradient 2(x − y)·g and Hessian 2·g.
func TestEvaluate(t *testing.T) {
	for in, want := range map[string]string{
		`{"id":1,"loss":"MSELoss","args":{"reduction":"sum"},"inputs":[
		  {"name":"input","dtype":"float64","shape":[2],"data":[1,2],"requires_grad":true},
		  {"name":"target","dtype":"float64","shape":[2],"data":[0,0]}]}`: `{"id":1,"error":null,
		  "output":{"shape":[],"dtype":"float64","data":[5]},
		  "grads":{"input":{"shape":[2],"dtype":"float64","data":[2,4]},"target":null}}`,

		`{"id":"with v","loss":"MSELoss","args":{"reduce":false},"inputs":[
		  {"dtype":"float32","shape":[1],"data":[1],"requires_grad":true},{"data":[3],"requires_grad":true}],
		  "grad_output":{"data":[0.5]},"v":[{"data":[1]},{"data":[0]}]}`: `{"id":"with v","error":null,
		  "output":{"shape":[1],"dtype":"float32","data":[4]},
		  "grads":{"input":{"shape":[1],"dtype":"float32","data":[-2]},"target":{"shape":[1],"dtype":"float32","data":[2]}},
		  "hvp":{"input":{"shape":[1],"dtype":"float32","data":[1]},"target":{"shape":[1],"dtype":"float32","data":[-1]}}}`,

		`{"id":2,"loss":"MSELoss","inputs":[{"data":[1,"nan"]},{"data":[3,0]}]}`: `{"id":2,"error":null,"grads":{"input":null,"target":null},
		  "output":{"shape":[],"dtype":"float32","data":["nan"]}}`,

		`{"id":3,"loss":"L1Loss","inputs":[{"data":[1],"requires_grad":true},{"data":[3]}],"v":[{"data":[1]}]}`: `{"id":3,"error":null,
		  "output":{"shape":[],"dtype":"float32","data":[2]},"grads":{"input":{"shape":[1],"dtype":"float32","data":[-1]},"target":null},
		  "hvp":{"input":{"shape":[1],"dtype":"float32","data":[0]},"target":null}}`,

		// Ones stand for a missing grad_output; v may have a place for each input.
		`{"id":[4],"loss":"MSELoss","args":{"reduction":"none"},"inputs":[
		  {"data":[1,2],"requires_grad":true},{"data":[0,0]}],"v":[{"data":[1,3]},null]}`: `{"id":[4],"error":null,
		  "output":{"shape":[2],"dtype":"float32","data":[1,4]},
		  "grads":{"input":{"shape":[2],"dtype":"float32","data":[2,4]},"target":null},
		  "hvp":{"input":{"shape":[2],"dtype":"float32","data":[2,6]},"target":null}}`,
	} {
		require.JSONEq(t, want, evaluate(t, in))
	}
}

func TestEvaluateErrors(t *testing.T) {
	pair := `"inputs":[{"data":[1,2],"requires_grad":true},{"data":[0,0]}]`
	for in, want := range map[string]string{
		`{"loss":"Loss",` + pair + `}`:                                                 "no loss \\\"Loss\\\"",
		`{"loss":"MSELoss","args":{"beta":1},` + pair + `}`:                            "loss.MSELoss: no option \\\"beta\\\"",
		`{"loss":"MSELoss","inputs":[{"data":[1]},{"data":[1,2]}]}`:                    "loss.MSELoss: input [1] and target [2] differ",
		`{"loss":"MSELoss","inputs":[{"data":[1]}]}`:                                   "loss.MSELoss: 1 inputs given",
		`{"loss":"MSELoss","inputs":[{"name":"target","data":[1]}]}`:                   "input 0 of MSELoss is \\\"input\\\", not \\\"target\\\"",
		`{"loss":"MSELoss","v":[null,{"data":[0]}],` + pair + `}`:                      "v is null for an input",
		`{"loss":"MSELoss","v":[{"data":[0]},{"data":[0]},{"data":[0]}],` + pair + `}`: "3 vectors in v for 1 inputs",
	} {
		require.Contains(t, evaluate(t, in), want)
	}
	var r Request
	require.ErrorContains(t, json.Unmarshal([]byte(`{"inputs":[{"name":"x","data":[[1],2]}]}`), &r), `input "x"`)
}

func evaluate(t *testing.T, in string) string {
	t.Helper()
	var r Request
	require.NoError(t, json.Unmarshal([]byte(in), &r), in)
	out, err := json.Marshal(r.Evaluate())
	require.NoError(t, err)
	return string(out)
}
