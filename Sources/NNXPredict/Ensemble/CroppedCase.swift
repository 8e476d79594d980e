import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// What nnU-Net v1 notes beside the probabilities of a case (`<case>.pkl`): they lie in a box of the image,
/// outside of which all is background.
struct CroppedCase {
  /// Extents of the image, file order.
  let shape: [Int]
  /// Where the probabilities lie, file order.
  let box: Box
  /// The value of each region; `nil` for exclusive labels.
  let regionsClassOrder: [Int]?

  /// Read as data, without running anything.
  ///
  /// - Parameters:
  ///   - path: of the pickle.
  ///   - extents: of the probabilities.
  /// - Returns: `nil` when it is none of v1's.
  /// - Throws: `file-not-found`, `unsafe-pickle`, `unreadable`; `broken-probabilities` when it contradicts
  ///   itself.
  init?(_ path: String, extents: [Int]) throws(NNXError) {
    let notes = try Pickle(contentsOf: path).root
    guard let size = notes["original_size_of_raw_data"] else { return nil }
    // Without a box nothing was cropped (save_segmentation_nifti_from_softmax).
    let lower: [Int]
    if let rows = notes["crop_bbox"]?.intRows, rows.count == 3 {
      lower = rows.map { $0.first ?? -1 }
    } else {
      lower = [0, 0, 0]
    }
    guard let shape = size.ints, shape.count == 3, extents.count == 3,
      zip(shape, lower).allSatisfy({ $1 >= 0 && $1 < $0 }),
      zip(zip(lower, extents), shape).allSatisfy({ $0.1 <= $1 - $0.0 }), shape.product != nil
    else {
      throw NNXError(
        .brokenProbabilities, "\(path) does not fit the probabilities beside it",
        details: [
          "It speaks of an image of \(Quantity.along(size.ints ?? [])) voxels, "
            + "they have \(Quantity.along(extents))."
        ],
        fixes: ["Predict the case again with --save-probabilities"])
    }
    self.shape = shape
    box = Box(lower: lower, upper: zip(lower, extents).map { $0 + $1 })
    let order = notes["regions_class_order"]
    regionsClassOrder = order.flatMap { $0.isNone ? nil : $0.ints }
  }

  /// The probabilities of the box on the image's whole grid: outside, background is certain, and no
  /// region is there.
  func paste(_ probabilities: Tensor) -> Tensor {
    let classes = probabilities.shape[0]
    let result = Tensor([classes] + shape)
    let (voxels, inside) = (shape.reduce(1, *), box.shape.reduce(1, *))
    result.withMutableSpan { target in
      if regionsClassOrder == nil { for index in 0..<voxels { target[index] = 1 } }
      probabilities.withSpan { source in
        for channel in 0..<classes {
          forEachRow(of: box, in: shape) { to, from in
            for column in 0..<box.shape[2] {
              target[channel * voxels + to + column] = source[channel * inside + from + column]
            }
          }
        }
      }
    }
    return result
  }

  /// The labels of the box on the image's whole grid.
  func paste(_ labels: LabelMap) -> LabelMap {
    if box.lower == [0, 0, 0], box.upper == shape { return labels }
    let result = LabelMap(shape, largestLabel: labels.isWide ? 65_535 : 0)
    result.paste(labels, into: box)
    return result
  }
}
