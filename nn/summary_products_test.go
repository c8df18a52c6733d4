package nn_test

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/nn"
	"github.com/declive/declive/tensor"
)

// row is one line of a summary.
type row struct {
	output   string
	products int
}

var line = regexp.MustCompile(`(?m)^(\S+) +\S+ +((?:\[[\d ]*\] ?)*) *\d+ +(\d+)$`)

// rows reads a summary; the line of totals is "total".
func rows(t *testing.T, text string) map[string]row {
	found := map[string]row{}
	for _, m := range line.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[3])
		require.NoError(t, err)
		found[m[1]] = row{strings.TrimSpace(m[2]), n}
	}
	total := regexp.MustCompile(`(?m)^total +\d+ +(\d+)$`).FindStringSubmatch(text)
	require.NotNil(t, total, text)
	n, err := strconv.Atoi(total[1])
	require.NoError(t, err)
	sum := 0
	for _, r := range found {
		sum += r.products
	}
	require.Equal(t, sum, n, "the total")
	return found
}

// ownHolder calls a module as a user's own type does.
type ownHolder struct{ Layer nn.Module }

func (m *ownHolder) Forward(x *autograd.Variable) *autograd.Variable { return m.Layer.Forward(x) }

func TestSummaryOfMLP(t *testing.T) {
	r := rows(t, nn.Summary(nn.Sequential{nn.NewLinear(784, 256, source()), nn.NewReLU(), nn.NewLinear(256, 10, source())}, 64, 784))
	assert.Equal(t, row{"[64 256]", 64 * 784 * 256}, r["0"])
	assert.Equal(t, row{"[64 256]", 0}, r["1"])
	assert.Equal(t, row{"[64 10]", 64 * 256 * 10}, r["2"])
	assert.Equal(t, row{"[64 10]", 0}, r["(model)"])
}

type imageNet struct {
	Conv1, Conv2 *nn.Conv2d
	Act1, Act2   *nn.ReLU
	Pool         *nn.MaxPool2d
	Flat         *nn.Flatten
	FC           *nn.Linear
}

func (m *imageNet) Forward(x *autograd.Variable) *autograd.Variable {
	x = m.Pool.Forward(m.Act2.Forward(m.Conv1.Forward(x))) // not in the order of the fields
	x = m.Pool.Forward(m.Act1.Forward(m.Conv2.Forward(x)))
	return m.FC.Forward(m.Flat.Forward(x))
}

func TestSummaryOfCNN(t *testing.T) {
	m := &imageNet{nn.NewConv2d(1, 8, nn.Square(3), source()), nn.NewConv2d(8, 16, nn.Square(3), source()), nn.NewReLU(), nn.NewReLU(),
		nn.NewMaxPool2d(nn.Square(2)), nn.NewFlatten(), nn.NewLinear(400, 10, source())}
	nn.Freeze(m.Conv1)
	r := rows(t, nn.Summary(m, 64, 1, 28, 28))
	assert.Equal(t, row{"[64 8 26 26]", 64 * 8 * 26 * 26 * 9}, r["conv1"])
	assert.Equal(t, row{"[64 16 11 11]", 64 * 16 * 11 * 11 * 8 * 9}, r["conv2"])
	assert.Equal(t, row{"[64 8 26 26]", 0}, r["act2"])
	assert.Equal(t, row{"[64 16 11 11]", 0}, r["act1"])
	assert.Equal(t, row{"[64 8 13 13] [64 16 5 5]", 0}, r["pool"])
	assert.Equal(t, row{"[64 400]", 0}, r["flat"])
	assert.Equal(t, row{"[64 10]", 64 * 400 * 10}, r["fc"])
}

func TestSummaryOfConvolutions(t *testing.T) {
	grouped := nn.NewGroupedConv2d(4, 6, 2, nn.Pair{3, 2}, source())
	grouped.Stride, grouped.Padding = nn.Pair{2, 1}, nn.Pair{1, 1}
	up := nn.NewGroupedConvTranspose2d(6, 4, 2, nn.Square(3), source())
	r := rows(t, nn.Summary(nn.Sequential{grouped, up}, 2, 4, 5, 5))
	assert.Equal(t, row{"[2 6 3 6]", 2 * 6 * 3 * 6 * (2 * 3 * 2)}, r["0"])
	assert.Equal(t, row{"[2 4 5 8]", 2 * 6 * 3 * 6 * (2 * 3 * 3)}, r["1"])

	r = rows(t, nn.Summary(nn.Sequential{nn.NewConv1d(3, 4, 2, source()), nn.NewConvTranspose1d(4, 3, 2, source())}, 2, 3, 5))
	assert.Equal(t, row{"[2 4 4]", 2 * 4 * 4 * 3 * 2}, r["0"])
	assert.Equal(t, row{"[2 3 5]", 2 * 4 * 4 * 3 * 2}, r["1"])
}

type ownTagger struct {
	Embed *nn.Embedding
	LSTM  *nn.LSTM
	Tag   *nn.Linear
}

func (m *ownTagger) Forward(x *autograd.Variable) *autograd.Variable {
	y, _, _ := m.LSTM.Run(m.Embed.Forward(x), nil, nil)
	return m.Tag.Forward(y)
}

func TestSummaryOfLSTM(t *testing.T) {
	m := &ownTagger{nn.NewEmbedding(9, 3, source()),
		nn.NewLSTM(3, 4, nn.RecurrentOptions{NumLayers: 2, Bidirectional: true}, source()), nn.NewLinear(8, 3, source())}
	r := rows(t, nn.Summary(m, 5, 2))
	assert.Equal(t, row{"[5 2 3]", 0}, r["embed"])
	assert.Equal(t, row{"[5 2 8]", 5 * 2 * 2 * (4*4*(3+4) + 4*4*(8+4))}, r["lstm"])
	assert.Equal(t, row{"[5 2 3]", 5 * 2 * 8 * 3}, r["tag"])

	r = rows(t, nn.Summary(nn.Sequential{nn.NewGRU(3, 4, nn.RecurrentOptions{}, source()), nn.NewRNN(4, 2, nn.RecurrentOptions{}, source())}, 5, 2, 3))
	assert.Equal(t, row{"[5 2 4]", 5 * 2 * 3 * 4 * (3 + 4)}, r["0"])
	assert.Equal(t, row{"[5 2 2]", 5 * 2 * 2 * (4 + 2)}, r["1"])
	assert.Equal(t, row{"[2 4]", 2 * 4 * 4 * (3 + 4)}, rows(t, nn.Summary(nn.NewLSTMCell(3, 4, source()), 2, 3))["(model)"])
}

// ownMasked attends with a mask, which goes by separate products.
type ownMasked struct{ Attn *nn.MultiheadAttention }

func (m *ownMasked) Forward(x *autograd.Variable) *autograd.Variable {
	y, _ := m.Attn.Attend(x, x, x, nn.AttentionMask{Attn: nn.CausalMask(x.Shape()[0])})
	return y
}

func TestSummaryOfTransformerEncoder(t *testing.T) {
	const l, n, e, f = 3, 2, 8, 5
	for _, batchFirst := range []bool{false, true} {
		layer := nn.NewTransformerEncoderLayer(e, 2, f, source())
		layer.SelfAttn.BatchFirst = batchFirst
		shape, want := []int{l, n, e}, "[3 2 8]"
		if batchFirst {
			shape, want = []int{n, l, e}, "[2 3 8]"
		}
		r := rows(t, nn.Summary(&ownHolder{nn.NewTransformerEncoder(layer, nn.NewTransformerEncoderLayer(e, 2, f, source()))}, shape...))
		if batchFirst { // the second layer takes the same numbers for l and n exchanged
			assert.Equal(t, row{"[2 3 8]", l*n*3*e*e + 2*l*n*n*e}, r["layer.layers.1.self_attn"])
		}
		assert.Equal(t, row{want, l*n*3*e*e + 2*n*l*l*e}, r["layer.layers.0.self_attn"])
		assert.Equal(t, row{want, l * n * e * e}, r["layer.layers.0.self_attn.out_proj"])
		assert.Equal(t, l*n*e*f, r["layer.layers.0.linear1"].products)
		assert.Equal(t, row{want, l * n * f * e}, r["layer.layers.0.linear2"])
		for _, name := range []string{"(model)", "layer", "layer.layers.0", "layer.layers.0.norm2", "layer.layers.0.dropout1"} {
			assert.Equal(t, row{want, 0}, r[name], name)
		}
	}
	r := rows(t, nn.Summary(&ownMasked{nn.NewMultiheadAttention(e, 2, source())}, l, n, e))
	assert.Equal(t, row{"[3 2 8]", l*n*3*e*e + 2*n*l*l*e}, r["attn"])
}

type twoInputs struct {
	Layer    *nn.TransformerDecoderLayer
	Bilinear *nn.Bilinear
	Cosine   *nn.CosineSimilarity
	Distance *nn.PairwiseDistance
}

func (m *twoInputs) Forward(x *autograd.Variable) *autograd.Variable {
	y := m.Layer.Decode(x, x.Slice(0, 0, 2), nn.AttentionMask{}, nn.AttentionMask{})
	b := m.Bilinear.Forward(x, y)
	return b.Sum(-1).Add(m.Cosine.Forward(x, y).Sum()).Add(m.Distance.Forward(x, y))
}

func TestSummaryOfLayersOfTwoInputs(t *testing.T) {
	m := &twoInputs{nn.NewTransformerDecoderLayer(4, 2, 5, source()), nn.NewBilinear(4, 4, 3, source()),
		nn.NewCosineSimilarity(), nn.NewPairwiseDistance()}
	r := rows(t, nn.Summary(m, 3, 2, 4))
	assert.Equal(t, row{"[3 2 4]", 0}, r["layer"])
	assert.Equal(t, row{"[3 2 4]", (6+4+4)*4*4 + 2*2*3*2*4}, r["layer.multihead_attn"], "queries, keys and values are projected apart")
	assert.Equal(t, row{"[3 2 3]", 6 * 4 * 4 * 3}, r["bilinear"])
	assert.Equal(t, row{"[3 4]", 0}, r["cosine"])
	assert.Equal(t, row{"[3 2]", 0}, r["distance"])
}

// ownBlock has a parameter of its own and ends in operations.
type ownBlock struct {
	FC    *nn.Linear
	Scale *autograd.Variable
}

func newOwnBlock(in, out int) *ownBlock {
	return &ownBlock{nn.NewLinear(in, out, source()), autograd.New(tensor.Ones(out, out))}
}

func (m *ownBlock) Forward(x *autograd.Variable) *autograd.Variable {
	return m.FC.Forward(x).MatMul(m.Scale.Transpose(0, 1)).ReLU().Unsqueeze(0)
}

type ownBlocks struct {
	First, Second *ownBlock
	Unused        *ownBlock
	Plain         *ownPlain
	Gram          bool
}

// ownPlain is a module without layers: nobody sees what it gives.
type ownPlain struct{ Unused int }

func (*ownPlain) Forward(x *autograd.Variable) *autograd.Variable { return x.Tanh() }

func (m *ownBlocks) Forward(x *autograd.Variable) *autograd.Variable {
	x = m.Plain.Forward(m.Second.Forward(m.First.Forward(x).Squeeze(0)))
	if m.Gram {
		return x.MatMul(x, tensor.TransB)
	}
	return x
}

func TestSummaryOfTypesWithinTypesOfOnesOwn(t *testing.T) {
	m := &ownBlocks{newOwnBlock(4, 3), newOwnBlock(3, 2), newOwnBlock(2, 2), &ownPlain{}, true}
	r := rows(t, nn.Summary(m, 5, 4))
	assert.Equal(t, map[string]row{
		"(model)":   {"[1 5 5]", 5 * 2 * 5},
		"first":     {"[1 5 3]", 5 * 3 * 3},
		"first.fc":  {"[5 3]", 5 * 4 * 3},
		"second":    {"[1 5 2]", 5 * 2 * 2},
		"second.fc": {"[5 2]", 5 * 3 * 2},
		"unused":    {"", 0},
		"unused.fc": {"", 0},
		"plain":     {"", 0},
	}, r)
	r = rows(t, nn.Summary(nn.Sequential{m.First, &ownPlain{}, nn.Func(func(x *autograd.Variable) *autograd.Variable {
		return x.MatMul(m.Second.Scale.Slice(0, 0, 1).Expand(3, 2))
	})}, 5, 4))
	assert.Equal(t, row{"[1 5 3]", 5 * 3 * 3}, r["0"])
	assert.Equal(t, row{"[1 5 3]", 0}, r["1"], "a Sequential tells of whatever it calls")
	assert.Equal(t, row{"[1 5 2]", 5 * 3 * 2}, r["2"])
}

func TestSummaryOfSharedAndTiedLayers(t *testing.T) {
	a, b := nn.NewLinear(2, 2, source()), nn.NewLinear(2, 2, source())
	b.Weight = a.Weight
	r := rows(t, nn.Summary(nn.Sequential{a, b, a}, 3, 2))
	assert.Equal(t, map[string]row{"(model)": {"[3 2]", 0}, "0": {"[3 2]", 24}, "1": {"[3 2]", 12}}, without(r, "2"))

	net := &ownHolder{nn.NewHooked(nn.NewWeightNorm(nn.NewLinear(4, 3, source()), 0))}
	assert.Equal(t, row{"[5 3]", 5 * 4 * 3}, rows(t, nn.Summary(net, 5, 4))["layer"])
}

// without is r without a row that may be there.
func without(r map[string]row, name string) map[string]row {
	delete(r, name)
	return r
}

// TestEveryLayerTellsOfItsCalls demands of each layer that a Summary sees it
// called by a type that is not of this package.
func TestEveryLayerTellsOfItsCalls(t *testing.T) {
	shapes := map[string][]int{"Embedding": {2, 3}, "EmbeddingBag": {2, 3}, "RNN": {4, 2, 3}, "LSTM": {4, 2, 3}, "GRU": {4, 2, 3},
		"RNNCell": {2, 3}, "LSTMCell": {2, 3}, "GRUCell": {2, 3}, "TransformerEncoderLayer": {3, 2, 4}, "TransformerEncoder": {3, 2, 4},
		"Dropout": {2, 3}, "Dropout1d": {2, 3, 4}, "Dropout2d": {2, 3, 4, 5}, "AlphaDropout": {2, 3}, "Sequential": {2, 3}}
	options := map[string]string{"MultiheadAttention": `{"embed_dim":4,"num_heads":2}`}
	shapes["MultiheadAttention"] = []int{3, 2, 4}
	for _, c := range readGolden(t) {
		if _, known := shapes[c.Layer]; known || !slices.Contains(nn.Names(), c.Layer) {
			continue
		}
		text, err := json.Marshal(c.arguments(t))
		require.NoError(t, err)
		shapes[c.Layer], options[c.Layer] = c.Shape, string(text)
	}
	for _, name := range nn.Names() {
		l, err := nn.New(name, []byte(cmp.Or(options[name], configs[name].options)), source())
		require.NoError(t, err)
		m, ok := l.(nn.Module)
		if !ok {
			continue
		}
		r := rows(t, nn.Summary(&ownHolder{m}, shapes[name]...))
		assert.NotEmpty(t, r["layer"].output, name)
		assert.Equal(t, r["(model)"].output, r["layer"].output, name)
	}
	for _, l := range []any{nn.NewReLU(), nn.NewIdentity()} {
		assert.NotZero(t, reflect.TypeOf(l).Elem().Size(), "an address of its own")
	}
}

func TestSummaryLeavesOtherModelsAlone(t *testing.T) {
	other := nn.Sequential{nn.NewLinear(3, 3, source()), nn.NewReLU(), nn.NewDropout(0.5, source())}
	m := &ownHolder{nn.Sequential{nn.NewLinear(3, 3, source()), nn.NewReLU()}}
	want := nn.Summary(m, 2, 3)
	var group sync.WaitGroup
	for k := range 4 {
		group.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(k), 0))
			for range 50 {
				x := autograd.Const(tensor.Float32.Randn(rng, 2, 3))
				other.Forward(x).Sum().Backward()
			}
		})
	}
	for range 50 {
		assert.Equal(t, want, nn.Summary(m, 2, 3))
	}
	group.Wait()
	y := m.Forward(autograd.Const(tensor.Zeros(2, 3)))
	assert.Equal(t, []int{2, 3}, []int(y.Shape()))
}
