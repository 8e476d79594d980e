import NNXImage
import NNXSystem
import NNXTensor

/// Reads the probabilities that nnU-Net or nnx left beside a segmentation: NumPy's `.npz` with one array.
package enum ProbabilityFile {
  /// v2's name of the array, and v1's.
  private static let (key, oldKey) = ("probabilities", "softmax")

  /// Of names: nnx's own, and nnU-Net's.
  static let endings = [ResultFile.probabilities.path(of: ""), ".npz"]

  package struct Content {
    /// `(classes, z, y, x)`.
    package var values: Tensor
    /// Whether v1 wrote them: for the cropped image, as float16.
    var isOld: Bool
  }

  /// - Throws: `file-not-found`, `unreadable`; `broken-probabilities`.
  package static func read(_ path: String) throws(NNXError) -> Content {
    let file = try NPZReader(path) { failure(path, $0) }
    let axes = ["classes", "z", "y", "x"]
    if let values = try file.array(key, axes: axes) { return Content(values: values, isOld: false) }
    guard let values = try file.array(oldKey, axes: axes) else {
      throw failure(path, "it has no array called '\(key)'")
    }
    return Content(values: values, isOld: true)
  }

  private static func failure(_ path: String, _ reason: String) -> NNXError {
    NNXError(
      .brokenProbabilities, "\(path) holds no probabilities: \(reason)",
      fixes: ["Predict the case again with --save-probabilities"])
  }
}

extension NNXError.Code {
  static let brokenProbabilities = NNXError.Code("broken-probabilities", .data)
}
