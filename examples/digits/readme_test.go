package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// README shows main, line for line, so what it says is what runs.
func TestREADMEShowsThisProgram(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	source, err := os.ReadFile("main.go")
	require.NoError(t, err)
	_, body, _ := strings.Cut(string(source), "func main() {\n\t")
	body = strings.TrimSuffix(strings.ReplaceAll(body, "\n\t", "\n"), "}\n")
	require.Contains(t, string(readme), "```go\n"+body+"```\n")
}
