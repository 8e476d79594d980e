import CNIfTI
import NNXArchive
import NNXSystem
import NNXTensor

extension LabelMap {
  /// Values of a channel within some labels and their six neighbours, 0 elsewhere: `extract_soft` of TotalSpineSeg.
  ///
  /// - Parameter values: `(classes, z, y, x)`.
  package func softMap(_ values: Tensor, channel: Int, near labels: LabelSet) -> Tensor {
    precondition(Array(values.shape.dropFirst()) == shape && channel < values.shape[0])
    let table = labels.table
    let result = Tensor(shape)
    let steps = [shape[1] * shape[2], shape[2], 1]
    func isNear(_ index: Int) -> Bool {
      if table[self[index]] { return true }
      for axis in 0..<3 {
        let place = index / steps[axis] % shape[axis]
        if place > 0, table[self[index - steps[axis]]] { return true }
        if place < shape[axis] - 1, table[self[index + steps[axis]]] { return true }
      }
      return false
    }
    values.withSpan { values in
      result.withMutableSpan { span in
        for index in 0..<count where isNear(index) { span[index] = values[channel * count + index] }
      }
    }
    return result
  }
}

/// Writes probabilities as TotalSpineSeg does: float32, with the image's place as nibabel writes it.
///
/// - Throws: `cannot-write`, `no-space`.
package func writeSoftMap(
  _ values: Tensor, like geometry: Geometry, _ source: ImageHeader, to path: String,
  threads: Threads = .all
) throws(NNXError) {
  let header = source.nifti ?? NIfTIHeader(geometry, axes: source.axes)
  let file = try AtomicFile(path)
  try packGzip(
    header.nibabelFile(.float32), to: file, .zlib(level: 3), threads: threads
  ) { (sink) throws(NNXError) in
    try values.withSpan { (span) throws(NNXError) in try span.withRawSpan(sink) }
  }
  try file.commit()
}
