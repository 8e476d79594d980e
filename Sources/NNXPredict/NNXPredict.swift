import NNXSystem
