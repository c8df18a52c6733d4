package main

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/declive/declive/tensor"
)

const (
	alphabet = "0123456789><." // a token is the place of a character in it
	digits   = 6               // of the longest question, the shortest has 3
	length   = 2*digits + 1    // of the longest text without its dot
	ignored  = -100            // a target that counts for nothing, IgnoreIndex of the loss
)

// question draws digits and what is to be done with them: "3141>" asks to sort
// them, "3141<" to turn them round.
func question(rng *rand.Rand) string {
	q := make([]byte, 3+rng.IntN(digits-2))
	for i := range q {
		q[i] = alphabet[rng.IntN(10)]
	}
	return string(q) + [...]string{">", "<"}[rng.IntN(2)]
}

// solution is what should follow the question: "1134." or "1413.".
func solution(question string) string {
	n := len(question) - 1
	a := []byte(question[:n])
	if question[n] == '>' {
		slices.Sort(a)
	} else {
		slices.Reverse(a)
	}
	return string(a) + "."
}

func tokens(text string) []int64 {
	t := make([]int64, len(text))
	for i := range t {
		t[i] = int64(strings.IndexByte(alphabet, text[i]))
	}
	return t
}

// batch draws n questions that are not held out. It returns their texts as tokens
// [n length], and the token that follows each of them [n·length], which is
// ignored in the question and after the dot.
func batch(n int, held []string, rng *rand.Rand) (x, y *tensor.Tensor) {
	texts, next := make([]int64, n*length), slices.Repeat([]int64{ignored}, n*length)
	for i := 0; i < len(texts); i += length {
		q := question(rng)
		for slices.Contains(held, q) {
			q = question(rng)
		}
		t := tokens(q + solution(q))
		copy(texts[i:], t[:len(t)-1])
		copy(next[i+len(q)-1:], t[len(q):])
	}
	return tensor.New(texts, n, length), tensor.New(next)
}
