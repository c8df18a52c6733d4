package nn_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

const (
	encoderConfig = `{"name":"TransformerEncoderLayer","d_model":4,"nhead":2,"dim_feedforward":3}`
	decoderConfig = `{"name":"TransformerDecoderLayer","d_model":4,"nhead":2,"dim_feedforward":3}`
	convArgs      = `{"in_channels":4,"out_channels":6,"kernel_size":3,"stride":2,"padding":1,"dilation":2,"groups":2,"bias":false,`
)

// configs has, for every layer, all options that it takes, none of them the
// default where there is a choice, and the layer as JSON shows it, by Go.
var configs = map[string]struct{ options, want string }{
	"ReLU":       {`{"inplace":true}`, `{}`},
	"LeakyReLU":  {`{"negative_slope":0.5,"inplace":true}`, `{"NegativeSlope":0.5}`},
	"Tanh":       {``, `{}`},
	"Sigmoid":    {``, `{}`},
	"GELU":       {`{"approximate":"tanh"}`, `{"Approximate":"tanh"}`},
	"Softmax":    {`{"dim":2}`, `{"Dim":2}`},
	"LogSoftmax": {`{"dim":-1}`, `{"Dim":-1}`},
	"Flatten":    {`{"start_dim":0,"end_dim":2}`, `{"StartDim":0,"EndDim":2}`},
	"GLU":        {`{"dim":1}`, `{"dim":1}`},
	"Softmin":    {`{"dim":1}`, `{"dim":1}`},
	"Softmax2d":  {``, `{}`},

	"Hardtanh":    {`{"min_val":-2,"max_val":3,"inplace":false}`, `{"min_val":-2,"max_val":3}`},
	"ReLU6":       {`{"inplace":true}`, `{}`},
	"Hardsigmoid": {`{"inplace":true}`, `{}`},
	"Hardswish":   {`{"inplace":true}`, `{}`},
	"Hardshrink":  {`{"lambd":2}`, `{"lambd":2}`},
	"Softshrink":  {`{"lambd":2}`, `{"lambd":2}`},
	"Threshold":   {`{"threshold":1,"value":"2","inplace":true}`, `{"threshold":1,"value":2}`},

	"ELU":        {`{"alpha":2,"inplace":true}`, `{"alpha":2}`},
	"SELU":       {`{"inplace":true}`, `{}`},
	"CELU":       {`{"alpha":2,"inplace":true}`, `{"alpha":2}`},
	"SiLU":       {`{"inplace":true}`, `{}`},
	"Mish":       {`{"inplace":true}`, `{}`},
	"Softplus":   {`{"beta":2,"threshold":3}`, `{"beta":2,"threshold":3}`},
	"Softsign":   {``, `{}`},
	"LogSigmoid": {``, `{}`},
	"Tanhshrink": {``, `{}`},
	"PReLU":      {`{"num_parameters":3,"init":0.5}`, ``},
	"RReLU":      {`{"lower":0.1,"upper":0.2,"inplace":true}`, `{"lower":0.1,"upper":0.2}`},

	"Linear":           {`{"in_features":3,"out_features":2,"bias":false}`, ``},
	"Bilinear":         {`{"in1_features":3,"in2_features":2,"out_features":4,"bias":false}`, ``},
	"CosineSimilarity": {`{"dim":0,"eps":0.1}`, `{"dim":0,"eps":0.1}`},
	"PairwiseDistance": {`{"p":1,"eps":0.1,"keepdim":true}`, `{"p":1,"eps":0.1,"keepdim":true}`},
	"Embedding": {`{"num_embeddings":5,"embedding_dim":3,"padding_idx":-1,"max_norm":2,"norm_type":1,"scale_grad_by_freq":true,"sparse":false}`,
		`{"padding_idx":-1,"max_norm":2,"norm_type":1,"scale_grad_by_freq":true}`},
	"EmbeddingBag": {`{"num_embeddings":5,"embedding_dim":3,"max_norm":2,"norm_type":1,"mode":"max","include_last_offset":true,"padding_idx":1}`,
		`{"mode":"max","include_last_offset":true,"padding_idx":1,"max_norm":2,"norm_type":1}`},

	"Conv1d": {convArgs + `"padding_mode":"reflect"}`, ``},
	"Conv2d": {`{"in_channels":4,"out_channels":6,"kernel_size":[3,1],"padding":"same"}`, ``},

	"ConvTranspose1d": {convArgs + `"output_padding":1,"padding_mode":"zeros"}`, ``},
	"ConvTranspose2d": {convArgs + `"output_padding":[1,0]}`, ``},

	"MaxPool1d": {`{"kernel_size":[3],"stride":2,"padding":1,"dilation":2,"return_indices":false,"ceil_mode":true}`,
		`{"kernel_size":3,"stride":2,"padding":1,"dilation":2,"ceil_mode":true}`},
	"MaxPool2d": {`{"kernel_size":3,"stride":null,"padding":[1,0],"dilation":2,"ceil_mode":true}`,
		`{"kernel_size":[3,3],"stride":[0,0],"padding":[1,0],"dilation":[2,2],"ceil_mode":true}`},
	"AvgPool1d": {`{"kernel_size":3,"stride":2,"padding":1,"ceil_mode":true,"count_include_pad":false}`,
		`{"kernel_size":3,"stride":2,"padding":1,"ceil_mode":true,"count_include_pad":false}`},
	"AvgPool2d": {`{"kernel_size":3,"stride":2,"padding":1,"ceil_mode":true,"count_include_pad":false,"divisor_override":5}`,
		`{"kernel_size":[3,3],"stride":[2,2],"padding":[1,1],"ceil_mode":true,"count_include_pad":false,"divisor_override":5}`},
	"MaxUnpool1d":       {`{"kernel_size":3,"stride":2,"padding":1}`, `{"kernel_size":3,"stride":2,"padding":1}`},
	"MaxUnpool2d":       {`{"kernel_size":3,"stride":[2,1]}`, `{"kernel_size":[3,3],"stride":[2,1],"padding":[0,0]}`},
	"AdaptiveAvgPool1d": {`{"output_size":3}`, `{"output_size":3}`},
	"AdaptiveAvgPool2d": {`{"output_size":[null,3]}`, `{"output_size":[0,3]}`},
	"AdaptiveMaxPool1d": {`{"output_size":3,"return_indices":false}`, `{"output_size":3}`},
	"AdaptiveMaxPool2d": {`{"output_size":null}`, `{"output_size":[0,0]}`},

	"BatchNorm1d": {`{"num_features":3,"eps":0.1,"momentum":null,"affine":false,"track_running_stats":false}`,
		`{"num_features":3,"eps":0.1,"momentum":null}`},
	"BatchNorm2d":    {`{"num_features":3,"momentum":0.5}`, `{"num_features":3,"eps":1e-5,"momentum":0.5}`},
	"InstanceNorm1d": {`{"num_features":3,"affine":true,"track_running_stats":true}`, `{"num_features":3,"eps":1e-5,"momentum":0.1}`},
	"InstanceNorm2d": {`{"num_features":3}`, `{"num_features":3,"eps":1e-5,"momentum":0.1}`},
	"GroupNorm":      {`{"num_groups":2,"num_channels":6,"eps":0.1,"affine":false}`, `{"num_groups":2,"num_channels":6,"eps":0.1}`},
	"LayerNorm":      {`{"normalized_shape":[2,3],"eps":0.1,"elementwise_affine":false}`, `{"normalized_shape":[2,3],"eps":0.1}`},
	"RMSNorm":        {`{"normalized_shape":3,"eps":0.1,"elementwise_affine":false}`, `{"normalized_shape":[3],"eps":0.1}`},

	"Dropout":      {`{"p":0.25,"inplace":true}`, ``},
	"Dropout1d":    {`{"p":0.25,"inplace":true}`, ``},
	"Dropout2d":    {`{"p":0.25,"inplace":true}`, ``},
	"AlphaDropout": {`{"p":0.25,"inplace":true}`, ``},

	"RNN":      {`{"input_size":3,"hidden_size":2,"num_layers":2,"nonlinearity":"relu","bias":false,"batch_first":true,"dropout":0.5,"bidirectional":true}`, ``},
	"LSTM":     {`{"input_size":3,"hidden_size":2,"num_layers":2,"bias":false,"batch_first":true,"dropout":0.5,"bidirectional":true,"proj_size":0}`, ``},
	"GRU":      {`{"input_size":3,"hidden_size":2,"num_layers":2,"bias":false,"batch_first":true,"dropout":0.5,"bidirectional":true}`, ``},
	"RNNCell":  {`{"input_size":3,"hidden_size":2,"bias":false,"nonlinearity":"relu"}`, ``},
	"LSTMCell": {`{"input_size":3,"hidden_size":2,"bias":false}`, ``},
	"GRUCell":  {`{"input_size":3,"hidden_size":2,"bias":false}`, ``},

	"Identity":       {``, `{}`},
	"Unflatten":      {`{"dim":1,"unflattened_size":[2,-1]}`, `{"dim":1,"unflattened_size":[2,-1]}`},
	"PixelShuffle":   {`{"upscale_factor":2}`, `{"upscale_factor":2}`},
	"PixelUnshuffle": {`{"downscale_factor":2}`, `{"downscale_factor":2}`},
	"Upsample": {`{"scale_factor":2,"size":null,"mode":"bilinear","align_corners":true}`,
		`{"size":null,"scale_factor":[2],"mode":"bilinear","align_corners":true}`},

	"MultiheadAttention": {`{"embed_dim":4,"num_heads":2,"dropout":0.5,"bias":false,"add_bias_kv":true,"add_zero_attn":true,"kdim":3,"vdim":2,"batch_first":true}`,
		`{"num_heads":2,"batch_first":true,"add_zero_attn":true}`},
	"TransformerEncoderLayer": {`{"d_model":4,"nhead":2,"dim_feedforward":3,"dropout":0.5,"activation":"gelu","layer_norm_eps":0.1,"batch_first":true,"norm_first":true}`,
		`{"activation":"gelu","norm_first":true}`},
	"TransformerDecoderLayer": {`{"d_model":4,"nhead":2,"dim_feedforward":3,"dropout":0.5,"activation":"gelu","layer_norm_eps":0.1,"batch_first":true,"norm_first":true}`,
		`{"activation":"gelu","norm_first":true}`},
	"TransformerEncoder": {`{"encoder_layer":` + encoderConfig + `,"num_layers":2,"norm":{"name":"LayerNorm","normalized_shape":4}}`, ``},
	"TransformerDecoder": {`{"decoder_layer":` + decoderConfig + `,"num_layers":2,"norm":null}`, ``},

	"Sequential": {`{"modules":[{"name":"ReLU"}]}`, `[{}]`},
	"ModuleList": {`{"modules":[{"name":"ReLU"}]}`, `[{}]`},
	"ModuleDict": {`{"modules":{"a":{"name":"ReLU"}}}`, `{"a":{}}`},
}

func TestEveryLayerIsMadeByName(t *testing.T) {
	for _, name := range nn.Names() {
		c, ok := configs[name]
		if !assert.True(t, ok, "no row for %s in configs", name) {
			continue
		}
		l, err := nn.New(name, []byte(c.options), source())
		if !assert.NoError(t, err) {
			continue
		}
		assert.Equal(t, name, strings.TrimPrefix(strings.TrimPrefix(fmt.Sprintf("%T", l), "*"), "nn."))
		if c.want != "" {
			text, err := json.Marshal(l)
			require.NoError(t, err)
			assert.JSONEq(t, c.want, string(text), name)
		}
	}
	assert.Len(t, configs, len(nn.Names()))
}

// TestEveryLayerIsRegistered demands a registration of every type whose comment
// names PyTorch's layer of the same name.
func TestEveryLayerIsRegistered(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.TYPE {
				continue
			}
			name := g.Specs[0].(*ast.TypeSpec).Name.Name
			if strings.Contains(g.Doc.Text(), "/torch.nn."+name+".html") {
				found++
				assert.Contains(t, nn.Names(), name)
			}
		}
	}
	assert.Greater(t, found, 60)
	assert.Contains(t, nn.Names(), "RMSNorm", "which PyTorch 1.13 has not")
}

func TestOptionsReachTheLayer(t *testing.T) {
	of := func(name string) any {
		l, err := nn.New(name, []byte(configs[name].options), source())
		require.NoError(t, err)
		return l
	}
	conv := of("Conv1d").(*nn.Conv1d)
	assert.Equal(t, nn.Conv1d{Weight: conv.Weight, Stride: 2, Padding: 1, Dilation: 2, Groups: 2, PaddingMode: autograd.Reflect}, *conv)
	assert.Equal(t, nn.Pair{nn.Same, nn.Same}, of("Conv2d").(*nn.Conv2d).Padding)
	up := of("ConvTranspose2d").(*nn.ConvTranspose2d)
	assert.Equal(t, nn.ConvTranspose2d{Weight: up.Weight, Stride: nn.Pair{2, 2}, Padding: nn.Pair{1, 1}, OutputPadding: nn.Pair{1, 0},
		Dilation: nn.Pair{2, 2}, Groups: 2}, *up)
	for _, name := range []string{"Dropout", "Dropout1d", "Dropout2d", "AlphaDropout"} {
		assert.Equal(t, 0.25, reflect.ValueOf(of(name)).Elem().FieldByName("P").Float())
	}
	want := nn.RecurrentOptions{NumLayers: 2, NoBias: true, BatchFirst: true, Dropout: 0.5, Bidirectional: true}
	assert.Equal(t, want, of("LSTM").(*nn.LSTM).RecurrentOptions)
	assert.Equal(t, want, of("GRU").(*nn.GRU).RecurrentOptions)
	assert.Equal(t, want, of("RNN").(*nn.RNN).RecurrentOptions)
	assert.Equal(t, "relu", of("RNN").(*nn.RNN).Nonlinearity)
	assert.Equal(t, "relu", of("RNNCell").(*nn.RNNCell).Nonlinearity)
	assert.Equal(t, []float64{0.5, 0.5, 0.5}, of("PReLU").(*nn.PReLU).Weight.Value().Float64s())
	assert.Equal(t, 0.5, of("MultiheadAttention").(*nn.MultiheadAttention).Dropout.P)
	assert.Equal(t, tensor.Shape{1, 1, 4}, of("MultiheadAttention").(*nn.MultiheadAttention).BiasV.Shape())
	encoder := of("TransformerEncoderLayer").(*nn.TransformerEncoderLayer)
	assert.True(t, encoder.SelfAttn.BatchFirst)
	for _, d := range []*nn.Dropout{encoder.SelfAttn.Dropout, encoder.Dropout, encoder.Dropout1, encoder.Dropout2} {
		assert.Equal(t, 0.5, d.P)
	}
	assert.Equal(t, 0.1, encoder.Norm2.Eps)
	rows := of("Embedding").(*nn.Embedding).Weight.Value()
	assert.Equal(t, 0.0, tensor.Norm(tensor.Slice(rows, 0, 4, 5), 2).Item(), "the padding is 0")
	assert.NotEqual(t, 0.0, tensor.Norm(tensor.Slice(rows, 0, 3, 4), 2).Item())
	stack := of("TransformerEncoder").(*nn.TransformerEncoder)
	assert.NotEqual(t, stack.Layers[0].Linear1.Weight.Value().Float64s(), stack.Layers[1].Linear1.Weight.Value().Float64s(),
		"each layer is drawn for itself")
}

func TestFromConfigEqualsTheSameByHand(t *testing.T) {
	rng := source()
	hand := nn.Sequential{nn.NewLinear(3, 4, rng), nn.NewReLU(), nn.Sequential{nn.NewLinear(4, 2, rng)}}
	m, err := nn.FromConfig([]byte(`{"name":"Sequential","modules":[
		{"name":"Linear","in_features":3,"out_features":4}, {"name":"ReLU"},
		{"name":"Sequential","modules":[{"name":"Linear","in_features":4,"out_features":2}]}]}`), source())
	require.NoError(t, err)
	assert.IsType(t, hand, m)
	assert.Equal(t, fmt.Sprint(nn.StateDict(hand)), fmt.Sprint(nn.StateDict(m)))
}

func TestFromConfigNeedsASource(t *testing.T) {
	assert.ErrorContains(t, autograd.Try(func() { _, _ = nn.FromConfig([]byte(`{"name":"ReLU"}`), nil) }), "nn.FromConfig: rng is nil")
	assert.ErrorContains(t, autograd.Try(func() { _, _ = nn.New("ReLU", nil, nil) }), "nn.New: rng is nil")
}

func TestBadConfigs(t *testing.T) {
	const linear = `{"name":"Linear","in_features":3,"out_features":2}`
	for config, want := range map[string]string{
		`{`:                        `nn: the config is not JSON: unexpected end`,
		`[]`:                       `nn: the layer is [], not a JSON object`,
		`null`:                     `nn: the layer is null, not a JSON object`,
		`{}`:                       `nn: the layer has no "name"`,
		`{"name":3}`:               `nn: the layer has the name 3, which is not a string`,
		`{"name":"Liner"}`:         `nn: no layer "Liner"; there are AdaptiveAvgPool1d, `,
		`{"name":"ModuleList"}`:    `nn.FromConfig: a ModuleList has no Forward of one input; make it with nn.New`,
		`{"name":"Tanh","p":1}`:    `nn.Tanh: no option "p"; it has none`,
		`{"name":"Linear"}`:        `nn.Linear: option "in_features" has no default and is missing`,
		`{"name":"Dropout","q":1}`: `nn.Dropout: no option "q"; its options are p, inplace`,

		`{"name":"Sequential","modules":3}`:                                 `nn.Sequential: option "modules": 3 is not a list of layers`,
		`{"name":"Sequential","modules":{}}`:                                `nn.Sequential: option "modules": {} is not a list of layers`,
		`{"name":"Sequential","modules":[null]}`:                            `the layer at modules[0] is null, not a JSON object`,
		`{"name":"Sequential","modules":[` + linear + `,{"name":"Liner"}]}`: `nn: no layer "Liner" at modules[1]; there are`,
		`{"name":"Sequential","modules":[` + linear + `,{"name":"Sequential","modules":[{"name":"Dropout","p":1.5}]}]}`:         `nn.Dropout at modules[1].modules[0]: option "p": 1.5 is not a probability`,
		`{"name":"Linear","in_features":1000000000,"out_features":100000000}`:                                                   `nn.Linear: tensor.Zeros: shape [100000000 1000000000] has too many elements`,
		`{"name":"Sequential","modules":[{"name":"Bilinear","in1_features":1,"in2_features":1,"out_features":1}]}`:              `nn.Sequential: modules[0] is a Bilinear, which has no place there`,
		`{"name":"TransformerEncoder","num_layers":1,"encoder_layer":{"name":"TransformerEncoderLayer","d_model":4,"nhead":3}}`: `nn.TransformerEncoderLayer at encoder_layer: option "nhead": 3 does not divide d_model, 4`,
		`{"name":"TransformerEncoder","num_layers":1}`:                                                                          `nn.TransformerEncoder: option "encoder_layer" has no default and is missing`,
		`{"name":"TransformerEncoder","num_layers":1,"encoder_layer":` + encoderConfig + `,"norm":{"name":"ReLU"}}`:             `nn.TransformerEncoder: norm is a ReLU, which has no place there`,
	} {
		_, err := nn.FromConfig([]byte(config), source())
		assert.ErrorContains(t, err, want, config)
	}
	_, err := nn.New("ModuleDict", []byte(`{"modules":{"enc":{"name":"Linear","in_features":-1,"out_features":2}}}`), source())
	assert.EqualError(t, err, `nn.Linear at modules.enc: option "in_features": -1 is less than 0`)
	_, err = nn.New("ModuleDict", []byte(`{"modules":[]}`), source())
	assert.EqualError(t, err, `nn.ModuleDict: option "modules": [] is not an object of layers`)
}

func TestBadOptions(t *testing.T) {
	for _, c := range []struct{ name, options, want string }{
		{"Linear", `[]`, `nn.Linear: options are not a JSON object: []`},
		{"Linear", `{"in_features":3,"out_features":null}`, `"out_features": null is not an integer`},
		{"Linear", `{"in_features":3.5,"out_features":2}`, `"in_features": 3.5 is not an integer`},
		{"Linear", `{"in_features":3,"out_features":2,"bias":"no"}`, `"bias": "no" is not true or false`},
		{"LeakyReLU", `{"negative_slope":"steep"}`, `"negative_slope": "steep" is not a number`},
		{"GELU", `{"approximate":"exact"}`, `"approximate": "exact" is none of ["none" "tanh"]`},
		{"GELU", `{"approximate":1}`, `"approximate": 1 is not a string`},
		{"Hardtanh", `{"min_val":2}`, `"min_val": 2 is not less than max_val, 1`},
		{"Hardtanh", `{"max_val":-2}`, `"min_val": the default is not less than max_val, -2`},
		{"Softshrink", `{"lambd":-1}`, `"lambd": -1 is not 0 or more`},
		{"CELU", `{"alpha":0}`, `"alpha": 0 is 0`},
		{"PReLU", `{"num_parameters":0}`, `"num_parameters": 0 is less than 1`},
		{"RReLU", `{"lower":1}`, `"lower": 1 is greater than upper, 0.3333`},
		{"Conv2d", `{"in_channels":1,"out_channels":1,"kernel_size":[1,2,3]}`, `"kernel_size": [1,2,3] is not a length or a list of two`},
		{"Conv2d", `{"in_channels":1,"out_channels":1,"kernel_size":"same"}`, `"kernel_size": "same" is not a length or a list of two`},
		{"Conv2d", `{"in_channels":1,"out_channels":1,"kernel_size":0}`, `"kernel_size": 0 is less than 1`},
		{"Conv2d", `{"in_channels":3,"out_channels":4,"kernel_size":1,"groups":2}`, `"groups": 2 does not divide in_channels, 3, and out_channels, 4`},
		{"Conv2d", `{"in_channels":3,"out_channels":4,"kernel_size":1,"groups":0}`, `"groups": 0 is less than 1`},
		{"Conv2d", `{"in_channels":1,"out_channels":1,"kernel_size":1,"padding":-1}`, `"padding": -1 is less than 0`},
		{"Conv2d", `{"in_channels":1,"out_channels":1,"kernel_size":1,"padding":"some"}`, `"padding": "some" is not a length`},
		{"Conv1d", `{"in_channels":1,"out_channels":1,"kernel_size":1,"padding":"same","stride":2}`, `"padding": "same" needs a stride of 1`},
		{"Conv1d", `{"in_channels":1,"out_channels":1,"kernel_size":1,"padding_mode":"wrap"}`, `"padding_mode": "wrap" is none of ["zeros" "reflect"`},
		{"ConvTranspose1d", `{"in_channels":1,"out_channels":1,"kernel_size":1,"output_padding":1}`, `"output_padding": 1 is neither less than stride`},
		{"ConvTranspose1d", `{"in_channels":1,"out_channels":1,"kernel_size":1,"padding":"same"}`, `"padding": "same" is for convolutions that`},
		{"ConvTranspose1d", `{"in_channels":1,"out_channels":1,"kernel_size":1,"padding_mode":"reflect"}`, `"reflect" is not supported, only "zeros"`},
		{"MaxPool2d", `{"kernel_size":2,"return_indices":true}`, `"return_indices": true is not supported, only false`},
		{"MaxPool2d", `{"kernel_size":2,"padding":[0,2]}`, `"padding": [0,2] is more than half of kernel_size`},
		{"MaxPool2d", `{"kernel_size":2,"padding":"valid"}`, `"padding": "valid" is for convolutions`},
		{"MaxPool1d", `{"kernel_size":2,"stride":0}`, `"stride": 0 is less than 1`},
		{"AvgPool2d", `{"kernel_size":2,"divisor_override":0}`, `"divisor_override": 0 is less than 1`},
		{"AdaptiveAvgPool1d", `{}`, `"output_size" has no default and is missing`},
		{"AdaptiveAvgPool2d", `{"output_size":[1,-1]}`, `"output_size": [1,-1] is less than 0`},
		{"BatchNorm1d", `{"num_features":0}`, `"num_features": 0 is less than 1`},
		{"GroupNorm", `{"num_groups":4,"num_channels":6}`, `"num_groups": 4 does not divide num_channels, 6`},
		{"LayerNorm", `{"normalized_shape":[]}`, `"normalized_shape": [] is no shape`},
		{"LayerNorm", `{"normalized_shape":"wide"}`, `"normalized_shape": "wide" is not a length or a list of them`},
		{"Embedding", `{"num_embeddings":5,"embedding_dim":3,"padding_idx":5}`, `"padding_idx": 5 is not among 5 rows`},
		{"Embedding", `{"num_embeddings":5,"embedding_dim":3,"padding_idx":"last"}`, `"padding_idx": "last" is not an integer or null`},
		{"Embedding", `{"num_embeddings":5,"embedding_dim":3,"sparse":true}`, `"sparse": true is not supported, only false`},
		{"Embedding", `{"num_embeddings":5,"embedding_dim":3,"max_norm":[]}`, `"max_norm": [] is not a number or null`},
		{"LSTM", `{"input_size":3,"hidden_size":0}`, `"hidden_size": 0 is less than 1`},
		{"LSTM", `{"input_size":3,"hidden_size":2,"proj_size":1}`, `"proj_size": 1 is not supported, only 0`},
		{"RNN", `{"input_size":3,"hidden_size":2,"num_layers":0}`, `"num_layers": 0 is less than 1`},
		{"RNN", `{"input_size":3,"hidden_size":2,"nonlinearity":"gelu"}`, `"nonlinearity": "gelu" is none of ["tanh" "relu"]`},
		{"Unflatten", `{"dim":1,"unflattened_size":[-1,2,-1]}`, `"unflattened_size": [-1,2,-1] has -1 twice`},
		{"Unflatten", `{"dim":1,"unflattened_size":[null,2]}`, `"unflattened_size": [null,2] is not a list of lengths`},
		{"MaxPool2d", `{"kernel_size":2,"padding":[null,1]}`, `"padding": [null,1] is not a length or a list of two`},
		{"Unflatten", `{"dim":1,"unflattened_size":2}`, `"unflattened_size": 2 is not a list of lengths`},
		{"Upsample", `{}`, `"size": the default goes with no scale_factor, but one of the two must be given`},
		{"Upsample", `{"scale_factor":[2,"wide"]}`, `"scale_factor": [2,"wide"] is not a number or a list of them`},
		{"Upsample", `{"scale_factor":-2}`, `"scale_factor": -2 is not greater than 0`},
		{"Upsample", `{"scale_factor":2,"align_corners":true}`, `"align_corners": true is not for mode "nearest"`},
		{"MultiheadAttention", `{"embed_dim":4,"num_heads":3}`, `"num_heads": 3 does not divide embed_dim, 4`},
		{"TransformerEncoderLayer", `{"d_model":4,"nhead":2,"activation":"tanh"}`, `"activation": "tanh" is none of`},
	} {
		_, err := nn.New(c.name, []byte(c.options), source())
		assert.ErrorContains(t, err, "nn."+c.name+": ", c.options)
		assert.ErrorContains(t, err, c.want, c.options)
	}
}

// TestNoValueOfAnyOptionPanics gives every option of every layer values of every
// kind. What is refused must name the layer and the option; what is of the wrong
// kind must be refused.
func TestNoValueOfAnyOptionPanics(t *testing.T) {
	refused := 0
	for name, c := range configs {
		var options map[string]json.RawMessage
		if c.options != "" {
			require.NoError(t, json.Unmarshal([]byte(c.options), &options))
		}
		for option, good := range options {
			for _, bad := range []string{`"x"`, `[]`, `[1,2,3,4]`, `{}`, `true`, `-7`, `0`, `1.5`, `null`, `[null]`, `["x"]`} {
				options[option] = json.RawMessage(bad)
				text, err := json.Marshal(options)
				require.NoError(t, err)
				_, err = nn.New(name, text, source())
				if err == nil {
					assert.True(t, bad != "{}" || name == "ModuleDict", "%s: %s", name, text)
					continue
				}
				refused++
				if strings.HasPrefix(option, "modules") || option == "norm" || strings.HasSuffix(option, "_layer") {
					assert.ErrorContains(t, err, option, "%s", text) // as a path
				} else {
					assert.ErrorContains(t, err, "nn."+name+": option ", "%s", text)
					assert.True(t, strings.Contains(err.Error(), option) || option == "num_embeddings", "%s: %v", text, err)
				}
			}
			options[option] = good
		}
	}
	assert.Greater(t, refused, 500)
}
