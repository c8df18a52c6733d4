// Command declive trains models and tells about losses.
//
//	declive train                        # handwritten digits, cross entropy, Adam
//	declive train --data flowers.csv --target species --hidden 32
//	declive loss list
//	declive loss show HuberLoss
//	declive loss plot HuberLoss -o huber.svg --option delta=0.5,1,2
//	declive loss eval requests.jsonl.gz > answers.jsonl
//
// Exit status: 0 done, 1 something went wrong, 2 the command line makes no sense,
// 130 interrupted.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
