package import NNXTensor

/// The place of a patch in a volume over whose patches logits are added up, each voxel with a weight.
package struct PatchSum {
  /// `(classes, z, y, x)` of the volume.
  let sum: Tensor
  /// Of the patch's voxels, `(z, y, x)`.
  let weights: Tensor
  /// First index of the patch in the volume, `(z, y, x)`.
  let origin: [Int]
  /// The part of the patch that lies inside of the volume, as ranges of the patch's indices.
  let inside: [Range<Int>]

  /// - Parameters:
  ///   - sum: `(classes, z, y, x)` of the volume.
  ///   - origin: first index of the patch, `(z, y, x)`; it may reach beyond the volume on either side.
  ///   - weights: of the patch's voxels, `(z, y, x)`.
  package init(_ sum: Tensor, at origin: [Int], weights: Tensor) {
    (self.sum, self.origin, self.weights) = (sum, origin, weights)
    inside = (0..<3).map { axis in
      let end = min(weights.shape[axis], sum.shape[axis + 1] - origin[axis])
      return max(0, -origin[axis])..<max(0, -origin[axis], end)
    }
  }

  /// Index in a channel of the volume of a voxel of the patch.
  func index(_ z: Int, _ y: Int, _ x: Int) -> Int {
    ((origin[0] + z) * sum.shape[2] + origin[1] + y) * sum.shape[3] + origin[2] + x
  }

  /// Adds logits times weights.
  ///
  /// - Parameter logits: `(classes, z, y, x)` of the patch.
  package func add(_ logits: Tensor, threads: Threads) {
    let patch = weights.shape
    precondition(logits.shape == [sum.shape[0]] + patch, "logits \(logits.shape)")
    let (own, all) = (weights.count, sum.count / max(1, sum.shape[0]))
    let planes = inside[0].count
    threads.forEach(sum.shape[0] * planes) { number, _ in
      let (channel, z) = (number / planes, inside[0].lowerBound + number % planes)
      logits.withSpan { source in
        weights.withSpan { weights in
          sum.withMutableSpan { target in
            for y in inside[1] {
              let row = (z * patch[1] + y) * patch[2]
              let (from, to) = (channel * own + row, channel * all + index(z, y, 0))
              for x in inside[2] { target[to + x] += source[from + x] * weights[row + x] }
            }
          }
        }
      }
    }
  }
}

/// Where the logits of a patch go.
enum LogitTarget {
  /// To a patch of their own, `(classes, z, y, x)`: in place of what it holds, or added to it.
  case patch(Tensor, accumulates: Bool)
  /// To the sum over a volume, without mirroring.
  case sum(PatchSum)
}
