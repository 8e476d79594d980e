import NNXTensor

extension LabelMap {
  /// Brings the map to another grid: at each place the label whose indicator, linearly interpolated, is
  /// largest; of labels that draw level the nearest neighbour's if it is one of them, else the smallest.
  ///
  /// `resize_segmentation(order: 1)` of batchgenerators 0.25.5, bit for bit: indicators are summed in
  /// double in the order of scipy.ndimage.zoom.
  ///
  /// - Parameters:
  ///   - shape: of the result, `(z, y, x)`.
  ///   - axis: resampled by nearest neighbour, after each slice across it; see `separateAxis`.
  /// - Returns: the map itself when it has that shape.
  package func resampled(
    to shape: [Int], separateAxis axis: Int? = nil, threads: Threads = .all
  ) -> LabelMap {
    precondition(shape.count == 3, "no volume")
    if shape == self.shape { return self }
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    let axes = (0..<3).map { index in
      LabelAxis(from: self.shape[index], to: shape[index], isSeparate: index == axis)
    }
    if isWide {
      unsafe resample(wide, self.shape, axes, to: result.wide, threads)
    } else {
      unsafe resample(narrow, self.shape, axes, to: result.narrow, threads)
    }
    return result
  }
}

/// The samples of one axis of a label map.
private struct LabelAxis {
  /// The two samples around each place, and the nearest one.
  let first: [Int]
  let second: [Int]
  let nearest: [Int]
  let firstWeight: [Double]
  let secondWeight: [Double]
  var count: Int { first.count }

  init(from inputCount: Int, to outputCount: Int, isSeparate: Bool) {
    let nearest = AxisSamples(from: inputCount, to: outputCount, .nearest).rows.map { Int($0) }
    let linear = AxisSamples(from: inputCount, to: outputCount, .linear)
    self.nearest = nearest
    if isSeparate {
      first = nearest
      second = nearest
      firstWeight = .init(repeating: 1, count: outputCount)
      secondWeight = .init(repeating: 0, count: outputCount)
    } else {
      first = (0..<outputCount).map { Int(linear.rows[2 * $0]) }
      second = (0..<outputCount).map { Int(linear.rows[2 * $0 + 1]) }
      firstWeight = (0..<outputCount).map { linear.weights[2 * $0] }
      secondWeight = (0..<outputCount).map { linear.weights[2 * $0 + 1] }
    }
  }
}

private func resample<Label: FixedWidthInteger & UnsignedInteger>(
  _ input: UnsafePointer<Label>, _ shape: [Int], _ axes: [LabelAxis],
  to output: UnsafeMutablePointer<Label>, _ threads: Threads
) {
  let (height, width) = (axes[1].count, axes[2].count)
  threads.forEach(axes[0].count * height) { row, _ in
    let (z, y) = (row / height, row % height)
    func start(_ z: Int, _ y: Int) -> UnsafePointer<Label> {
      unsafe input + (z * shape[1] + y) * shape[2]
    }
    let rows = unsafe [
      start(axes[0].first[z], axes[1].first[y]), start(axes[0].first[z], axes[1].second[y]),
      start(axes[0].second[z], axes[1].first[y]), start(axes[0].second[z], axes[1].second[y]),
    ]
    let nearestRow = unsafe start(axes[0].nearest[z], axes[1].nearest[y])
    let rowWeights = [
      axes[0].firstWeight[z] * axes[1].firstWeight[y],
      axes[0].firstWeight[z] * axes[1].secondWeight[y],
      axes[0].secondWeight[z] * axes[1].firstWeight[y],
      axes[0].secondWeight[z] * axes[1].secondWeight[y],
    ]
    let target = unsafe output + row * width
    let x = axes[2]
    for index in 0..<width {
      let (first, second) = (x.first[index], x.second[index])
      let label = unsafe rows[0][first]
      var isUniform = true
      for corner in 0..<4 {
        if unsafe rows[corner][first] != label || rows[corner][second] != label {
          isUniform = false
        }
      }
      if isUniform {
        unsafe target[index] = label
        continue
      }
      var vote = Vote<Label>()
      for corner in 0..<4 {
        unsafe vote.add(rows[corner][first], rowWeights[corner] * x.firstWeight[index])
        unsafe vote.add(rows[corner][second], rowWeights[corner] * x.secondWeight[index])
      }
      unsafe target[index] = vote.winner(nearest: nearestRow[x.nearest[index]])
    }
  }
}

/// The interpolated indicators of up to eight labels at one place.
private struct Vote<Label: FixedWidthInteger> {
  private var labels = InlineArray<8, Label>(repeating: 0)
  private var scores = InlineArray<8, Double>(repeating: 0)
  private var count = 0

  mutating func add(_ label: Label, _ weight: Double) {
    for index in 0..<count where labels[index] == label {
      scores[index] += weight
      return
    }
    labels[count] = label
    scores[count] = weight
    count += 1
  }

  func winner(nearest: Label) -> Label {
    var best = 0.0
    for index in 0..<count { best = max(best, scores[index]) }
    var winner = Label.max
    for index in 0..<count where scores[index] == best {
      if labels[index] == nearest { return nearest }
      winner = min(winner, labels[index])
    }
    return winner
  }
}
