import NNXStore
import Testing
