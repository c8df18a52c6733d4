package nn_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// shapes returns the shapes of a case's parameters by name. First states, which
// the cases of recurrent layers have for parameters, are left out.
func (c golden) shapes() map[string][]int {
	all := map[string][]int{}
	for _, p := range c.State {
		if p.Name != "h0" && p.Name != "c0" {
			all[p.Name] = p.Shape
		}
	}
	return all
}

// arguments returns what the layer of a case was made with in PyTorch: its
// settings, and from the shapes of its state what the test's own layers have
// without being told; nil of cases that are of no layer with a name.
func (c golden) arguments(t *testing.T) map[string]any {
	if !slices.Contains(nn.Names(), c.Layer) {
		return nil
	}
	settings, a := map[string]any{}, map[string]any{}
	require.NoError(t, json.Unmarshal(c.Settings, &settings))
	for name, v := range settings {
		a[pythonic(name)] = v
	}
	s := c.shapes()
	w, learns := s["weight"], len(c.State) > 0
	_, bias := s["bias"]
	switch c.Layer {
	case "Linear":
		maps.Copy(a, map[string]any{"in_features": w[1], "out_features": w[0], "bias": bias})
	case "Bilinear":
		maps.Copy(a, map[string]any{"in1_features": w[1], "in2_features": w[2], "out_features": w[0], "bias": bias})
	case "PReLU":
		a["num_parameters"] = w[0]
	case "Conv1d", "Conv2d", "ConvTranspose1d", "ConvTranspose2d":
		groups := 1
		if g, ok := a["groups"]; ok {
			groups = int(g.(float64))
		}
		out, in := w[0], w[1]*groups
		if strings.HasPrefix(c.Layer, "ConvTranspose") {
			out, in = in, out
		}
		maps.Copy(a, map[string]any{"in_channels": in, "out_channels": out, "kernel_size": w[2:], "bias": bias})
	case "LayerNorm", "RMSNorm":
		a["elementwise_affine"] = learns
	case "GroupNorm":
		a["affine"] = learns
	case "BatchNorm1d", "BatchNorm2d", "InstanceNorm1d", "InstanceNorm2d":
		a["affine"], a["track_running_stats"] = learns, len(c.Buffers) > 0
	case "Embedding", "EmbeddingBag":
		a["num_embeddings"], a["embedding_dim"] = w[0], w[1]
	case "RNN", "LSTM", "GRU":
		a["input_size"], a["hidden_size"] = s["weight_ih_l0"][1], s["weight_hh_l0"][1]
	case "RNNCell", "LSTMCell", "GRUCell":
		a["input_size"], a["hidden_size"] = s["weight_ih"][1], s["weight_hh"][1]
	case "MultiheadAttention":
		a["embed_dim"], a["num_heads"] = s["out_proj.weight"][0], 2
	case "TransformerEncoder", "TransformerDecoder", "TransformerEncoderLayer", "TransformerDecoderLayer":
		return c.transformerArguments(a)
	}
	for _, name := range []string{"length", "lengths", "cross", "attn", "padding", "memory_attn", "offsets", "indices", "to"} { // of the input
		if name != "padding" || c.Layer == "MultiheadAttention" {
			delete(a, name)
		}
	}
	return a
}

func (c golden) transformerArguments(settings map[string]any) map[string]any {
	of := func(names ...string) map[string]any {
		out := map[string]any{}
		for _, n := range names {
			out[n] = settings[n]
		}
		return out
	}
	layer, w := of("norm_first", "activation", "batch_first"), c.shapes()["linear1.weight"]
	if w == nil {
		w = c.shapes()["layers.0.linear1.weight"]
	}
	maps.Copy(layer, map[string]any{"d_model": w[1], "nhead": 2, "dim_feedforward": w[0], "dropout": 0})
	if heads, ok := settings["heads"]; ok {
		layer["nhead"] = heads
	}
	if strings.HasSuffix(c.Layer, "Layer") {
		return layer
	}
	layer["name"] = c.Layer + "Layer"
	all := map[string]any{"num_layers": settings["layers"], "norm": nil}
	all[strings.ToLower(strings.TrimPrefix(c.Layer, "Transformer"))+"_layer"] = layer
	if settings["norm"] == true {
		all["norm"] = map[string]any{"name": "LayerNorm", "normalized_shape": w[1]}
	}
	return all
}

// pythonic turns the name of a field into PyTorch's: StartDim is start_dim.
func pythonic(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// TestLayersByNameTakePyTorchsState makes the layer of every golden case from
// PyTorch's constructor arguments, and demands the names and shapes of its
// state dict. Layers that take the input as it is must also give its output.
func TestLayersByNameTakePyTorchsState(t *testing.T) {
	made, ran := map[string]bool{}, map[string]bool{}
	for i, c := range readGolden(t) {
		arguments := c.arguments(t)
		if arguments == nil {
			continue
		}
		t.Run(fmt.Sprintf("%d_%s_%s", i, c.Layer, c.DType), func(t *testing.T) {
			text, err := json.Marshal(arguments)
			require.NoError(t, err)
			l, err := nn.New(c.Layer, text, source())
			require.NoError(t, err, string(text))
			made[c.Layer] = true
			want, got := c.shapes(), map[string][]int{}
			for _, b := range c.Buffers {
				want[b.Name] = append([]int{}, b.Shape...)
			}
			for _, n := range nn.StateDict(l) {
				got[n.Name] = append([]int{}, n.Tensor.Shape()...)
			}
			require.Equal(t, want, got, string(text))
			if m, ok := l.(nn.Module); ok && reflect.TypeOf(makers[c.Layer]()) == reflect.TypeOf(l) {
				ran[c.Layer] = true
				c.checkOutput(t, m)
			}
		})
	}
	for _, name := range nn.Names() {
		if !strings.HasPrefix(name, "Module") && name != "Sequential" && !strings.Contains(name, "Dropout") {
			assert.True(t, made[name], "no case for %s", name)
		}
	}
	assert.Greater(t, len(ran), 50)
}

// checkOutput compares what m makes of the input of a case.
func (c golden) checkOutput(t *testing.T, m nn.Module) {
	var d tensor.DType
	require.NoError(t, d.UnmarshalText([]byte(c.DType)))
	nn.To(m, d)
	var state []tensor.Named
	for _, p := range c.State {
		state = append(state, tensor.Named{Name: p.Name, Tensor: parse(t, d, p.Value, p.Shape)})
	}
	for _, b := range c.Buffers {
		var kind tensor.DType
		require.NoError(t, kind.UnmarshalText([]byte(b.DType)))
		state = append(state, tensor.Named{Name: b.Name, Tensor: parse(t, kind, b.Before, b.Shape)})
	}
	require.NoError(t, nn.LoadStateDict(m, state))
	for _, x := range c.Warm {
		m.Forward(autograd.Const(parse(t, d, x, c.Shape)))
	}
	if c.Evaluate || len(c.Buffers) == 0 { // which leaves the random ones out
		nn.Eval(m)
	}
	y := m.Forward(autograd.Const(parse(t, d, c.X, c.Shape)))
	require.Equal(t, tensor.Shape(c.OutShape), y.Shape())
	c.near(t, "value", c.Y, y.Value())
}
