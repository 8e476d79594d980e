import NNXTensor

extension Tensor {
  /// The volume with its axes in another order; itself when the order is the same.
  ///
  /// - Parameter axes: axis `a` of the result is axis `axes[a]` of this one, as in `numpy.transpose`.
  package func transposed(_ axes: [Int], threads: Threads = .all) -> Tensor {
    if axes == [0, 1, 2] { return self }
    let result = Tensor(axes.map { shape[$0] })
    unsafe transpose(base, shape, axes, to: result.base, threads)
    return result
  }
}

extension LabelMap {
  /// The map with its axes in another order; itself when the order is the same.
  ///
  /// - Parameter axes: axis `a` of the result is axis `axes[a]` of this one, as in `numpy.transpose`.
  package func transposed(_ axes: [Int], threads: Threads = .all) -> LabelMap {
    if axes == [0, 1, 2] { return self }
    let result = LabelMap(axes.map { shape[$0] }, largestLabel: isWide ? 65535 : 0)
    if isWide {
      unsafe transpose(wide, shape, axes, to: result.wide, threads)
    } else {
      unsafe transpose(narrow, shape, axes, to: result.narrow, threads)
    }
    return result
  }
}

/// Copies a volume with its axes in another order, in squares that stay in the cache.
private func transpose<Element: BitwiseCopyable>(
  _ input: UnsafePointer<Element>, _ shape: [Int], _ axes: [Int],
  to output: UnsafeMutablePointer<Element>, _ threads: Threads
) {
  precondition(shape.count == 3 && axes.sorted() == [0, 1, 2], "no order of three axes: \(axes)")
  let strides = [shape[1] * shape[2], shape[2], 1]
  let newShape = axes.map { shape[$0] }
  let newStrides = [newShape[1] * newShape[2], newShape[2], 1]
  // The axis along which the input is contiguous, as an axis of the output; and the remaining one.
  let contiguous = axes.firstIndex(of: 2) ?? 2
  let across = contiguous == 2 ? 1 : contiguous
  let outer = contiguous == 2 ? 0 : 1 - contiguous
  let side = contiguous == 2 ? newShape[2] : 32
  threads.forEach(newShape[outer]) { index, _ in
    let source = unsafe input + index * strides[axes[outer]]
    let target = unsafe output + index * newStrides[outer]
    let (inputRow, inputStep) = (strides[axes[across]], strides[axes[2]])
    let outputRow = newStrides[across]
    let (rows, columns) = (newShape[across], newShape[2])
    for firstColumn in stride(from: 0, to: columns, by: max(side, 1)) {
      let lastColumn = min(firstColumn + side, columns)
      for firstRow in stride(from: 0, to: rows, by: 32) {
        for row in firstRow..<min(firstRow + 32, rows) {
          for column in firstColumn..<lastColumn {
            unsafe target[row * outputRow + column] = source[row * inputRow + column * inputStep]
          }
        }
      }
    }
  }
}
