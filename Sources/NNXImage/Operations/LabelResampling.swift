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
  ///   - interpolation: `.nearest` takes the nearest label along all axes instead.
  ///   - axis: resampled by itself, after each slice across it; see `separateAxis`.
  ///   - along: for that axis; `.linear` gives it the label that more than half of the place belongs to,
  ///     and `fallback` where there is none (`order_z=1`).
  ///   - fallback: the label of such places.
  /// - Returns: the map itself when it has that shape.
  package func resampled(
    to shape: [Int], _ interpolation: Interpolation = .linear, separateAxis axis: Int? = nil,
    along: Interpolation = .nearest, fallback: Int = 0, threads: Threads = .all
  ) -> LabelMap {
    precondition(shape.count == 3, "no volume")
    if shape == self.shape { return self }
    if let axis, along == .linear {
      var between = shape
      between[axis] = self.shape[axis]
      return resampled(to: between, interpolation, threads: threads)
        .halves(to: shape, axis: axis, fallback, threads)
    }
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    let axes = (0..<3).map { index in
      LabelAxis(
        from: self.shape[index], to: shape[index],
        isSeparate: index == axis || interpolation == .nearest)
    }
    if isWide {
      unsafe resample(wide, self.shape, axes, to: result.wide, threads)
    } else {
      unsafe resample(narrow, self.shape, axes, to: result.narrow, threads)
    }
    return result
  }
}

extension LabelMap {
  /// Resamples one axis: at each place the label of which more than half is there, else `fallback`.
  ///
  /// `resample_data_or_seg` of nnunetv2/preprocessing/resampling/default_resampling.py, `order_z` 1.
  fileprivate func halves(
    to shape: [Int], axis: Int, _ fallback: Int, _ threads: Threads
  ) -> LabelMap {
    if shape == self.shape { return self }
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    let samples = AxisSamples(from: self.shape[axis], to: shape[axis], .linear)
    let step = self.shape[(axis + 1)...].reduce(1, *)
    let (own, new) = (step * self.shape[axis], step * shape[axis])
    threads.forEach(shape[..<axis].reduce(1, *)) { outer, _ in
      for place in 0..<shape[axis] {
        let (first, second) = (Int(samples.rows[2 * place]), Int(samples.rows[2 * place + 1]))
        let weight = samples.weights[2 * place + 1]
        for index in 0..<step {
          let near = self[outer * own + first * step + index]
          let far = self[outer * own + second * step + index]
          let label = near == far ? near : weight > 0.5 ? far : weight < 0.5 ? near : fallback
          result[outer * new + place * step + index] = label
        }
      }
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
