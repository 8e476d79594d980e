import NNXTensor
import Testing
