import Glibc
import NNXTensor

/// From logits to probabilities, in place.
enum Nonlinearity: Sendable {
  /// Over the channels of each voxel.
  case softmax
  /// Of each channel by itself.
  case sigmoid

  /// - Parameter logits: `(classes, …)`, channels slowest.
  static func apply(_ kind: Nonlinearity, to logits: Tensor, threads: Threads) {
    let classes = logits.shape[0]
    let voxels = logits.count / max(classes, 1)
    let block = 1 << 14
    threads.forEach((voxels + block - 1) / block) { index, _ in
      let range = index * block..<min(voxels, (index + 1) * block)
      logits.withMutableSpan { values in
        switch kind {
        case .sigmoid:
          for channel in 0..<classes {
            for voxel in range {
              let at = channel * voxels + voxel
              values[at] = 1 / (1 + expf(-values[at]))
            }
          }
        case .softmax:
          for voxel in range {
            var largest = values[voxel]
            for channel in 1..<max(classes, 1) {
              largest = max(largest, values[channel * voxels + voxel])
            }
            var sum: Float = 0
            for channel in 0..<classes {
              let value = expf(values[channel * voxels + voxel] - largest)
              values[channel * voxels + voxel] = value
              sum += value
            }
            for channel in 0..<classes { values[channel * voxels + voxel] /= sum }
          }
        }
      }
    }
  }
}
