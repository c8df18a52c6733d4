// Package nn has modules, the layers of neural networks, and what is done with
// their parameters.
package nn
