package nn

import (
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/declive/declive/autograd"
	"github.com/declive/declive/internal/ownership"
	"github.com/declive/declive/tensor"
)

// tracing is the trace that is being taken, if any. Layers of other models pass
// it by, as it does not know them.
var tracing atomic.Pointer[trace]

// trace is what the layers and operations of a model tell while it runs.
type trace struct {
	names map[place]string // of the modules

	mu       sync.Mutex
	owners   map[*autograd.Variable]string // of parameters, and of what is made of one module's alone
	under    []*frame                      // the calls under way
	calls    []*frame                      // all calls, by their beginning
	products map[string]int                // multiply-adds of each module's own
}

// frame is one call of a module.
type frame struct {
	trace  *trace
	name   string
	module any
	in     *autograd.Variable
	out    tensor.Shape // nil until it is left
}

// distinct gives layers without fields addresses of their own, by which they
// are told apart.
type distinct struct{ _ byte }

// enter notes a call of m, which ends with leave. Without a trace both cost
// next to nothing, so every layer begins with them.
func enter(m any, x *autograd.Variable) *frame {
	t := tracing.Load()
	if t == nil {
		return nil
	}
	p, ok := modulePlace(m)
	if !ok {
		return nil
	}
	name, ok := t.names[p]
	if !ok {
		return nil
	}
	return t.push(name, m, x)
}

// traced reports whether x belongs to a run for Summary, for which layers are to
// be called and products computed one by one, not as one fused operation.
func traced(x *autograd.Variable) bool { return tracing.Load() != nil && ownership.Observed(x) }

func (t *trace) push(name string, m any, x *autograd.Variable) *frame {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := &frame{trace: t, name: name, module: m, in: x}
	if top := t.top(); top == nil || top.name != name { // not a call of the same, as Forward's of Run
		t.calls = append(t.calls, f)
	}
	t.under = append(t.under, f)
	return f
}

func (t *trace) top() *frame {
	if len(t.under) == 0 {
		return nil
	}
	return t.under[len(t.under)-1]
}

// leave notes the result of the call, nil when it panicked.
func (f *frame) leave(y **autograd.Variable) {
	if f == nil {
		return
	}
	f.trace.mu.Lock()
	defer f.trace.mu.Unlock()
	if *y != nil {
		f.out = (*y).Shape()
	}
	for i := len(f.trace.under) - 1; i >= 0; i-- {
		if f.trace.under[i] == f {
			f.trace.under = append(f.trace.under[:i], f.trace.under[i+1:]...)
			return
		}
	}
}

// leavePacked is leave for packed sequences.
func (f *frame) leavePacked(y **PackedSequence) {
	if f == nil {
		return
	}
	var data *autograd.Variable
	if *y != nil {
		data = (*y).Data
	}
	f.leave(&data)
}

// element is m.Forward(x) for the i-th module of the Sequential that f is a call
// of; nil is none that is traced.
func (f *frame) element(i int, m Module, x *autograd.Variable) (y *autograd.Variable) {
	if f != nil {
		defer f.trace.push(join(f.name, strconv.Itoa(i)), m, x).leave(&y)
	}
	return m.Forward(x)
}

// isLayer reports whether m is of this package and not a container of modules.
func isLayer(m any) bool {
	t := reflect.TypeOf(m)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct && t.PkgPath() == reflect.TypeFor[Linear]().PkgPath()
}

// modulePlace tells one module from others. There is none of functions and of
// what may share an address.
func modulePlace(m any) (place, bool) {
	v := reflect.ValueOf(m)
	if v.Kind() == reflect.Pointer {
		if v.IsNil() || v.Type().Elem().Size() == 0 {
			return place{}, false
		}
		if k := v.Elem().Kind(); k != reflect.Slice && k != reflect.Map {
			return pointee(v), true
		}
		v = v.Elem()
	}
	return placeOf(v)
}

// modulePlaces returns the names of the modules within m.
func modulePlaces(op string, m any) map[place]string {
	names := map[place]string{}
	walk(op, m, visitor{value: func(name string, v any) {
		if p, ok := modulePlace(v); ok {
			if _, again := names[p]; !again {
				names[p] = name
			}
		}
	}})
	return names
}
