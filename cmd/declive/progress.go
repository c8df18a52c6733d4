package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/declive/declive/train"
)

// progress shows how training goes on.
type progress interface {
	batch(e train.Epoch)
	epoch(e train.Epoch)
	close() // leaves the cursor at the start of a clean line
}

// newProgress returns a bar where w is a terminal that can move its cursor, and
// otherwise lines. Neither uses colours or escape codes.
func newProgress(w io.Writer, loop *train.Loop) progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		columns, _, err := term.GetSize(int(f.Fd()))
		if err != nil || columns <= 0 {
			columns = 80
		}
		return newBar(w, columns, loop)
	}
	return &lines{w: w, loop: loop}
}

// lines prints a line per epoch.
type lines struct {
	w    io.Writer
	loop *train.Loop
}

func (l *lines) batch(train.Epoch) {}

func (l *lines) epoch(e train.Epoch) {
	width := len(fmt.Sprint(l.loop.Epochs))
	fmt.Fprintf(l.w, "epoch %*d/%d  %s  lr %.3g  %.2f s\n", width, e.Number, l.loop.Epochs,
		scores(l.loop.Metrics, e.Train), e.Rate, e.Time.Seconds())
}

func (l *lines) close() {}

// bar is one progress bar over the batches of all epochs.
type bar struct {
	loop *train.Loop
	room int // for the description
	bar  *progressbar.ProgressBar
}

func newBar(w io.Writer, columns int, loop *train.Loop) *bar {
	const percentAndTimes = len(" 100% ||  [1h10m10s:10h10m10s] ")
	return &bar{loop: loop, room: columns - percentAndTimes, bar: progressbar.NewOptions(loop.Epochs*loop.Train.Len(),
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(12), // shrinks by itself where the line is full
		progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(65*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

func (b *bar) batch(e train.Epoch) {
	text := fmt.Sprintf("epoch %d/%d  %s", e.Number, b.loop.Epochs, scores(b.loop.Metrics, e.Train))
	b.bar.Describe(fit(text, b.room) + " ")
	b.bar.Add(1) //nolint:errcheck // a lost picture is no reason to stop
}

// fit leaves out what has no room, from the end and whole numbers at a time.
func fit(text string, room int) string {
	for utf8.RuneCountInString(text) > room {
		text = text[:max(0, strings.LastIndex(text, "  "))]
	}
	return text
}

func (b *bar) epoch(train.Epoch) {}

func (b *bar) close() { b.bar.Clear() } //nolint:errcheck // as above

// scores formats the loss and the metrics.
func scores(metrics []train.Metric, s train.Scores) string {
	parts := []string{fmt.Sprintf("loss %.4g", s.Loss)}
	for i, m := range metrics {
		switch m.(type) {
		case *train.Accuracy:
			parts = append(parts, fmt.Sprintf("%s %.2f %%", m.Name(), 100*s.Values[i]))
		default:
			parts = append(parts, fmt.Sprintf("%s %.4g", m.Name(), s.Values[i]))
		}
	}
	return strings.Join(parts, "  ")
}
