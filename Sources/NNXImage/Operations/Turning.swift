import NNXTensor

extension Tensor {
  /// The volume `(z, y, x)` with its axes in the order and direction of a patient.
  func turned(_ orientation: Orientation, threads: Threads = .all) -> Tensor {
    let source = transposed(orientation.axes, threads: threads)
    guard orientation.flips.contains(true) else { return source }
    let result = Tensor(source.shape)
    let (shape, flips) = (source.shape, orientation.flips)
    threads.forEach(shape[0]) { plane, _ in
      let from = flips[0] ? shape[0] - 1 - plane : plane
      source.withSpan { source in
        result.withMutableSpan { result in
          for row in 0..<shape[1] {
            let start = (from * shape[1] + (flips[1] ? shape[1] - 1 - row : row)) * shape[2]
            let target = (plane * shape[1] + row) * shape[2]
            let last = start + shape[2] - 1
            for column in 0..<shape[2] {
              result[target + column] = source[flips[2] ? last - column : start + column]
            }
          }
        }
      }
    }
    return result
  }
}

extension LabelMap {
  /// The map `(z, y, x)` of an image that was turned, in the order of the image's file.
  package func turnedBack(_ orientation: Orientation, threads: Threads = .all) -> LabelMap {
    let back = (0..<3).map { orientation.axes.firstIndex(of: $0) ?? $0 }
    return flipped(orientation.flips, threads: threads).transposed(back, threads: threads)
  }

  /// - Parameter flips: whether each axis is reversed.
  private func flipped(_ flips: [Bool], threads: Threads) -> LabelMap {
    guard flips.contains(true) else { return self }
    let result = LabelMap(shape, largestLabel: isWide ? 65_535 : 0)
    threads.forEach(shape[0]) { [shape] plane, _ in
      let from = flips[0] ? shape[0] - 1 - plane : plane
      for row in 0..<shape[1] {
        let start = (from * shape[1] + (flips[1] ? shape[1] - 1 - row : row)) * shape[2]
        let target = (plane * shape[1] + row) * shape[2]
        for column in 0..<shape[2] {
          result[target + column] = self[start + (flips[2] ? shape[2] - 1 - column : column)]
        }
      }
    }
    return result
  }
}

extension Geometry {
  /// The grid with its axes in the order and direction of a patient, to ITK's last bit (`FlipImageFilter` of 5.4): the
  /// nearest label of another grid hangs on it.
  func turned(_ orientation: Orientation) -> Geometry {
    // Columns of the direction and elements of the origin are in the file's order, x first.
    let columns = [2, 1, 0].map { 2 - orientation.axes[$0] }
    let isFlipped = [2, 1, 0].map { orientation.flips[$0] }
    var origin = origin
    for (column, isFlipped) in zip(columns, isFlipped) where isFlipped {
      let last = Double(shape[2 - column] - 1)
      for row in 0..<3 {
        let step: Double = direction[3 * row + column] * spacing[2 - column]
        origin[row] += step * last
      }
    }
    let turned = (0..<3).flatMap { row in
      zip(columns, isFlipped).map { $1 ? -direction[3 * row + $0] : direction[3 * row + $0] }
    }
    return Geometry(
      shape: orientation.axes.map { shape[$0] }, spacing: orientation.axes.map { spacing[$0] },
      origin: origin, direction: turned)
  }
}

extension Box {
  /// The same part when the image is turned.
  ///
  /// - Parameter shape: of the image, in the file's order.
  func turned(_ orientation: Orientation, in shape: [Int]) -> Box {
    func ends(_ axis: Int) -> (lower: Int, upper: Int) {
      let file = orientation.axes[axis]
      return orientation.flips[axis]
        ? (shape[file] - upper[file], shape[file] - lower[file]) : (lower[file], upper[file])
    }
    return Box(lower: (0..<3).map { ends($0).lower }, upper: (0..<3).map { ends($0).upper })
  }
}
