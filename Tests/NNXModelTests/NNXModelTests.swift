import NNXModel
import Testing
