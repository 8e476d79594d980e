import NNXNetwork
import Testing
