// Package optim changes parameters by their gradients.
package optim
