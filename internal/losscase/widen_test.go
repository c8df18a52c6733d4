package losscase

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWidened(t *testing.T) {
	var r Request
	require.NoError(t, json.Unmarshal([]byte(`{"id":1,"loss":"NLLLoss","args":{"ignore_index":7,"weight":{"shape":[2],"dtype":"float32","data":[0.5,0.1]}},
		"inputs":[{"shape":[1,2],"data":[-1,-0.1],"requires_grad":true},{"dtype":"int64","shape":[1],"data":[1]}],
		"grad_output":{"shape":[],"data":[2]},"v":[{"shape":[1,2],"data":[1,1]}]}`), &r))
	wide, err := r.Widened()
	require.NoError(t, err)
	require.Equal(t, "float32", r.Inputs[0].Value.DType().String(), "the original stays")
	a, err := json.Marshal(wide.Evaluate())
	require.NoError(t, err)
	require.JSONEq(t, `{"id":1,"output":{"shape":[],"dtype":"float64","data":[0.10000000149011612]},"error":null,
		"grads":{"input":{"shape":[1,2],"dtype":"float64","data":[0,-2]},"target":null},
		"hvp":{"input":{"shape":[1,2],"dtype":"float64","data":[0,0]},"target":null}}`, string(a))
	_, err = Request{Args: json.RawMessage("[")}.Widened()
	require.ErrorContains(t, err, "args")
}
