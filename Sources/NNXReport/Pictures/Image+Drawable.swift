import NNXImage
import NNXTensor

extension Image {
  /// The image with its smallest intensity where it has no number (NaN or infinite), so that such voxels
  /// are drawn as background; and how many they are.
  func withoutNonFinite() -> (image: Image, count: Int) {
    let (count, smallest) = voxels.withSpan { span in
      var count = 0
      var smallest = Float.infinity
      for index in span.indices {
        if span[index].isFinite { smallest = min(smallest, span[index]) } else { count += 1 }
      }
      return (count, smallest.isFinite ? smallest : 0)
    }
    guard count > 0 else { return (self, 0) }
    var result = self
    result.voxels = Tensor(voxels.shape)
    result.voxels.withMutableSpan { target in
      voxels.withSpan { span in
        for index in span.indices { target[index] = span[index].isFinite ? span[index] : smallest }
      }
    }
    return (result, count)
  }
}

/// What is said of such voxels below a picture.
package func notFiniteNote(_ count: Int) -> String {
  "voxels of the image that are no numbers (NaN or infinite): \(count); drawn as background"
}
