import NNXImage
import Testing
