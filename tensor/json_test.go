package tensor_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/chewxy/math32"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/tensor"
)

func ExampleTensor_MarshalJSON() {
	text, _ := json.Marshal(tensor.FromSlice([][]float32{{1, 0.1}, {math32.NaN(), math32.Inf(-1)}}))
	fmt.Println(string(text))

	var t, weight tensor.Tensor
	fmt.Println(json.Unmarshal(text, &t), t.Shape(), t.DType())
	fmt.Println(json.Unmarshal([]byte(`[1, 2, 0.5]`), &weight), &weight)
	// Output:
	// {"shape":[2,2],"dtype":"float32","data":[1,0.1,"nan","-inf"]}
	// <nil> [2 2] float32
	// <nil> [1.0000 2.0000 0.5000]
}

func TestJSONRoundTrip(t *testing.T) {
	for _, x := range []*tensor.Tensor{
		tensor.FromSlice([]float64{0.1, -1e300, 5e-324, math.Inf(1), math.NaN()}),
		tensor.FromSlice([]float32{0.1, 1e-45, 3.4028235e38}),
		tensor.FromSlice([][]int{{math.MaxInt64, math.MinInt64}}),
		tensor.FromSlice([]bool{true, false}),
		tensor.Float64.Scalar(3), tensor.Zeros(2, 0, 3), tensor.Zeros(0),
	} {
		text, err := json.Marshal(x)
		require.NoError(t, err)
		var y tensor.Tensor
		require.NoError(t, json.Unmarshal(text, &y), string(text))
		require.True(t, tensor.Equal(x, &y), "%s read as %v", text, &y)
	}
}

func TestJSONReads(t *testing.T) {
	var x tensor.Tensor
	require.NoError(t, json.Unmarshal([]byte(` [ [1, 2] , [3,4],[5,6] ] `), &x))
	require.Equal(t, tensor.Shape{3, 2}, x.Shape())
	require.NoError(t, json.Unmarshal([]byte(`{"data":[[true]],"dtype":"bool"}`), &x))
	require.Equal(t, tensor.Bool, x.DType())
	require.NoError(t, json.Unmarshal([]byte(`{"data":[7],"dtype":"int32","shape":[]}`), &x))
	require.Equal(t, tensor.Int64, x.DType())
	require.Equal(t, 0, x.Dims())
	require.NoError(t, json.Unmarshal([]byte(`[]`), &x))
	require.Equal(t, tensor.Shape{0}, x.Shape())
	require.NoError(t, json.Unmarshal([]byte(`[[],[]]`), &x))
	require.Equal(t, tensor.Shape{2, 0}, x.Shape())
}

func TestJSONRejects(t *testing.T) {
	for text, want := range map[string]string{
		`[[1,2],[3]]`:                    "rows of 2 and 1 elements",
		`[1,[2]]`:                        "an array stands where",
		`[[1],2]`:                        "another depth",
		`[1,"x"]`:                        `element 1: "x" is not a float32`,
		`{"shape":[3],"data":[1]}`:       "does not hold 1 elements",
		`{"shape":[-1],"data":[1]}`:      "negative length",
		`{"shape":[1]}`:                  `without "data"`,
		`{"data":[1],"dtype":"half"}`:    `"half" is not`,
		`{"data":[1.5],"dtype":"int64"}`: "1.5 is not a int64",
		`{"data":null}`:                  "null is not a float32",
	} {
		var x tensor.Tensor
		require.ErrorContains(t, json.Unmarshal([]byte(text), &x), want, text)
	}
}
