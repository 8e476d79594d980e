import NNXSystem
import Testing
