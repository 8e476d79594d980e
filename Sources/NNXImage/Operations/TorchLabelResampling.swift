import NNXTensor

extension LabelMap {
  /// Brings the map to another grid as nnU-Net does with PyTorch: each label's indicator is interpolated
  /// linearly, and the largest wins.
  ///
  /// `resample_torch_simple(is_seg=True)` of nnunetv2/preprocessing/resampling/resample_torch.py:
  /// indicators of 1000 in float32, kept as float16; one above 700 wins at once, else the first of the
  /// largest in the order of labels.
  ///
  /// - Parameters:
  ///   - shape: of the result, `(z, y, x)`.
  ///   - axis: resampled by nearest neighbour, after each slice across it; see `separateAxis`.
  ///   - oneByOne: `memefficient_seg_resampling`: each label in turn takes the places where its indicator
  ///     is above one half, and `fallback` stays where none is.
  ///   - fallback: the label of such places.
  /// - Returns: the map itself when it has that shape.
  package func resampledAsTorch(
    to shape: [Int], separateAxis axis: Int? = nil, oneByOne: Bool = false, fallback: Int = 0,
    threads: Threads = .all
  ) -> LabelMap {
    precondition(shape.count == 3, "no volume")
    if shape == self.shape { return self }
    let result = LabelMap(shape, largestLabel: isWide ? 65535 : 0)
    let axes = (0..<3).map {
      LinearAxis(from: self.shape[$0], to: shape[$0], isNearest: $0 == axis, .torch)
    }
    let (height, width) = (shape[1], shape[2])
    threads.forEach(shape[0] * height) { row, _ in
      let z = axes[0].samples(row / height)
      let y = axes[1].samples(row % height)
      let rows = [
        (z.first, y.first), (z.first, y.second), (z.second, y.first), (z.second, y.second),
      ]
      .map { (Int($0) * self.shape[1] + Int($1)) * self.shape[2] }
      for index in 0..<width {
        let x = axes[2].samples(index)
        var corners = InlineArray<8, Int>(repeating: 0)
        var isUniform = true
        for corner in 0..<8 {
          corners[corner] = self[rows[corner / 2] + Int(corner % 2 == 0 ? x.first : x.second)]
          isUniform = isUniform && corners[corner] == corners[0]
        }
        result[row * width + index] =
          isUniform
          ? corners[0]
          : TorchVote(corners: corners, weights: (z.weight, y.weight, x.weight))
            .winner(oneByOne ? fallback : nil)
      }
    }
    return result
  }
}

/// The labels around a place and how much of each is there.
private struct TorchVote {
  let corners: InlineArray<8, Int>
  let weights: (z: Float, y: Float, x: Float)

  /// - Parameter fallback: what stays where no label has more than a half; `nil`: the largest wins.
  func winner(_ fallback: Int?) -> Int {
    var winner = fallback ?? 0
    var best: Float16 = -1
    var previous = -1
    // The distinct labels in ascending order.
    while let label = next(after: previous) {
      previous = label
      if fallback != nil {
        if score(label, 1) > 0.5 { winner = label }
        continue
      }
      let score = Float16(score(label, 1000))
      if score > best { (winner, best) = (label, score) }
    }
    return winner
  }

  private func next(after label: Int) -> Int? {
    var found: Int?
    for corner in 0..<8 where corners[corner] > label {
      found = min(found ?? Int.max, corners[corner])
    }
    return found
  }

  /// The indicator of a label, interpolated in float32, the last axis first
  /// (aten/src/ATen/native/cpu/UpSampleKernel.cpp).
  private func score(_ label: Int, _ scale: Float) -> Float {
    func value(_ corner: Int) -> Float { corners[corner] == label ? scale : 0 }
    func along(_ first: Int) -> Float {
      value(first) * (1 - weights.x) + value(first + 1) * weights.x
    }
    let near = along(0) * (1 - weights.y) + along(2) * weights.y
    let far = along(4) * (1 - weights.y) + along(6) * weights.y
    return near * (1 - weights.z) + far * weights.z
  }
}
