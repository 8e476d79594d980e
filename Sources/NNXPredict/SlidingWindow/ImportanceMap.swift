import Glibc
import NNXTensor

/// The Gaussian that weighs a tile's voxels: high in the middle, low at the rim.
///
/// Closed form of the filtered impulse of `compute_gaussian` in
/// `nnunetv2/inference/sliding_window_prediction.py`: sigma is an eighth of the patch, the peak lies
/// at index `P / 2`. v2 scales the peak to 10, v1 to 1.
enum ImportanceMap {
  /// - Returns: weights `(z, y, x)`, all above zero.
  static func gaussian(patch: [Int], peak: Double) -> Tensor {
    let axes = patch.map { extent in
      (0..<extent).map { index -> Double in
        let distance = Double(index - extent / 2) / Double(extent)
        return exp(-32 * distance * distance)
      }
    }
    let map = Tensor(patch)
    map.withMutableSpan { weights in
      var smallest = Float.greatestFiniteMagnitude
      var next = 0
      for z in axes[0] {
        for y in axes[1] {
          for x in axes[2] {
            let weight = Float(peak * z * y * x)
            weights[next] = weight
            if weight > 0 { smallest = min(smallest, weight) }
            next += 1
          }
        }
      }
      for index in 0..<weights.count where weights[index] == 0 { weights[index] = smallest }
    }
    return map
  }

  /// All ones: v1 does not weigh when there is a single tile.
  static func uniform(patch: [Int]) -> Tensor {
    let map = Tensor(patch)
    map.withMutableSpan { weights in
      for index in 0..<weights.count { weights[index] = 1 }
    }
    return map
  }
}
