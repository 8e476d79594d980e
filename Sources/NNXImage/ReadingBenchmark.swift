import NNXSystem

/// What it takes to read an image or a series of DICOM into memory, as float32.
package struct ReadingBenchmark: Sendable {
  /// Extents, x first.
  package let extents: [Int]
  /// Seconds of the first time, with the headers of a series.
  package let first: Double
  /// The median of all times in seconds; of a series the headers are read once.
  package let median: Double

  /// - Parameter repeats: how many times.
  /// - Throws: as `readImage`.
  package init(_ path: String, repeats: Int) throws(NNXError) {
    var times: [Double] = []
    var extents: [Int] = []
    for _ in 0..<repeats {
      let start = ProcessFacts.monotonicSeconds
      extents = try readImage(path).geometry.shape.reversed()
      times.append(ProcessFacts.monotonicSeconds - start)
    }
    (self.extents, first, median) = (extents, times.first ?? 0, times.median)
  }
}
