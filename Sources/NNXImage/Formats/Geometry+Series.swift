import NNXDICOM

extension Geometry {
  /// The grid that ITK gives a series (`itk::ImageSeriesReader` of ITK 5.4 over `GDCMImageIO`): from the first slice along
  /// row × column; slices apart by the mean of their distances; axes at right angles, to the last bit.
  init(itk stack: SliceStack) {
    let (first, last) = (stack.slices[0], stack.slices[stack.slices.count - 1])
    let way = zip(last.position, first.position).map { $0 - $1 }
    let length = way.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let distance =
      stack.isRepaired ? Double(stack.distance) : length / Double(stack.slices.count - 1)
    let normal = unit(first.normal)
    let row = unit(cross(Array(first.orientation[3..<6]), normal))
    let axes = [row, cross(normal, row), normal]
    self.init(
      shape: [stack.depth, stack.rows, first.format.columns],
      spacing: [distance, first.spacing[0], first.spacing[1]], origin: stack.origin,
      direction: (0..<3).flatMap { row in axes.map { $0[row] } })
  }
}

/// As vnl_vector's `normalize`: times the inverse of the length.
private func unit(_ vector: [Double]) -> [Double] {
  let factor =
    1 / ((vector[0] * vector[0] + vector[1] * vector[1]) + vector[2] * vector[2]).squareRoot()
  return vector.map { $0 * factor }
}
