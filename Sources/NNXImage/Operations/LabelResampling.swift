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
        from: self.shape[index], to: shape[index], index == axis ? .nearest : interpolation)
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
        let (rows, (_, weight)) = samples.pair(place)
        for index in 0..<step {
          let near = self[outer * own + rows.0 * step + index]
          let far = self[outer * own + rows.1 * step + index]
          let label = near == far ? near : weight > 0.5 ? far : weight < 0.5 ? near : fallback
          result[outer * new + place * step + index] = label
        }
      }
    }
    return result
  }
}

/// The samples that make those of one axis of a label map, and the nearest ones.
private struct LabelAxis {
  let samples: AxisSamples
  let nearest: AxisSamples

  init(from inputCount: Int, to outputCount: Int, _ interpolation: Interpolation) {
    samples = AxisSamples(from: inputCount, to: outputCount, interpolation)
    nearest = AxisSamples(from: inputCount, to: outputCount, .nearest)
  }
}

private func resample<Label: FixedWidthInteger & UnsignedInteger>(
  _ input: UnsafePointer<Label>, _ shape: [Int], _ axes: [LabelAxis],
  to output: UnsafeMutablePointer<Label>, _ threads: Threads
) {
  let (height, width) = (axes[1].samples.outputCount, axes[2].samples.outputCount)
  let columns = (0..<width).map(axes[2].samples.pair)
  threads.forEach(axes[0].samples.outputCount * height) { row, _ in
    func start(_ z: Int, _ y: Int) -> UnsafePointer<Label> {
      unsafe input + (z * shape[1] + y) * shape[2]
    }
    let z = axes[0].samples.pair(row / height)
    let y = axes[1].samples.pair(row % height)
    let rows = unsafe [
      start(z.rows.0, y.rows.0), start(z.rows.0, y.rows.1), start(z.rows.1, y.rows.0),
      start(z.rows.1, y.rows.1),
    ]
    let nearestRow = unsafe start(
      Int(axes[0].nearest.rows[row / height]), Int(axes[1].nearest.rows[row % height]))
    let rowWeights = [
      z.weights.0 * y.weights.0, z.weights.0 * y.weights.1, z.weights.1 * y.weights.0,
      z.weights.1 * y.weights.1,
    ]
    let target = unsafe output + row * width
    for index in 0..<width {
      let ((first, second), weights) = columns[index]
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
        unsafe vote.add(rows[corner][first], rowWeights[corner] * weights.0)
        unsafe vote.add(rows[corner][second], rowWeights[corner] * weights.1)
      }
      unsafe target[index] = vote.winner(nearest: nearestRow[Int(axes[2].nearest.rows[index])])
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
