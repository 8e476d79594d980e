import Testing

@testable import NNXTensor

@Suite struct WholeNumbersTests {
  private func bounds(_ values: [Float]) -> ClosedRange<Float>? {
    WholeNumbers.bounds(values.span)
  }

  @Test func boundsAreThoseOfWholeNumbers() {
    #expect(bounds([3, -1024, 3071, 0]) == -1024...3071)
    #expect(bounds([-0.0, 5]) == 0...5)
    #expect(bounds([65536, -65536]) == -65536...65536)
    #expect(bounds([7]) == 7...7)
  }

  @Test(
    arguments: [0.5, -0.25, 65537, -65537, 1e30, .infinity, -.infinity, .nan, -.nan] as [Float])
  func othersHaveNone(_ stray: Float) {
    #expect(bounds([1, stray, 2]) == nil)
    #expect(bounds([stray]) == nil)
  }

  @Test func allWordsAreStoredAsTwosComplement() {
    let values = (-32768...65535).map(Float.init)
    var words = [UInt16](repeating: 1, count: values.count)
    var target = words.mutableSpan
    WholeNumbers.store(values.span, in: &target)
    #expect(words == (-32768...65535).map { UInt16(truncatingIfNeeded: $0) })
    var bytes = [UInt8](repeating: 1, count: 256)
    var narrow = bytes.mutableSpan
    let labels = (0...255).map(Float.init)
    WholeNumbers.store(labels.span, in: &narrow)
    #expect(bytes == (0...255).map { UInt8($0) })
  }
}
