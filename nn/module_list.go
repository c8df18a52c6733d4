package nn

// ModuleList holds modules that its owner calls as it likes; parameters are
// named by position, as in "0.weight". A slice of any type does the same.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.ModuleList.html
type ModuleList []Module

// ModuleDict holds modules by name; parameters are named by key, as in
// "key.weight", in the order of the keys. A map to any type does the same.
//
// Source: https://pytorch.org/docs/1.13/generated/torch.nn.ModuleDict.html
type ModuleDict map[string]Module
