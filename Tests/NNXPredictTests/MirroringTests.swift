import NNXModel
import Testing

@testable import NNXPredict

@Suite struct MirroringTests {
  @Test func v2TakesSingleAxesThenPairsThenAll() {
    let passes = Mirroring.passes(axes: [0, 1, 2], generation: .v2)
    #expect(passes == [[], [0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]])
    #expect(Mirroring.passes(axes: [0, 2], generation: .v2) == [[], [0], [2], [0, 2]])
  }

  @Test func v1CountsUpFromTheLastAxis() {
    let passes = Mirroring.passes(axes: [0, 1, 2], generation: .v1)
    #expect(passes == [[], [2], [1], [1, 2], [0], [0, 2], [0, 1], [0, 1, 2]])
  }

  @Test(arguments: [ModelDescription.Generation.v1, .v2])
  func withoutAxesThereIsOnePass(generation: ModelDescription.Generation) {
    #expect(Mirroring.passes(axes: [], generation: generation) == [[]])
  }
}
