import NNXPredict
import Testing
