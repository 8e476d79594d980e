import NNXImage
import NNXModel

/// An image in three parts along the head's axis, which overlap by 39 planes, and the labels of the parts joined:
/// what TotalSegmentator does with large images, so that nnU-Net needs less memory. Each part is an image of its
/// own: with its own tiles, and its own mean where that is asked for.
enum Thirds {
  private static let margin = 20

  /// - Parameter shape: of the prepared image, `(z, y, x)`.
  static func are(_ rule: Recipe.Thirds?, _ shape: [Int]) -> Bool {
    guard let rule else { return false }
    return shape.reduce(1, *) > rule.voxels && shape[0] > rule.planes
  }

  /// The planes of each part.
  static func ranges(_ planes: Int) -> [Range<Int>] {
    let third = planes / 3
    return [
      0..<third + margin, (third + 1 - margin)..<(2 * third + margin),
      (2 * third + 1 - margin)..<planes,
    ]
  }

  static func parts(_ image: Image) -> [Image] {
    let shape = image.geometry.shape
    return ranges(shape[0]).map { range in
      let box = Box(
        lower: [range.lowerBound, 0, 0], upper: [range.upperBound, shape[1], shape[2]])
      var geometry = image.geometry
      geometry.shape = box.shape
      return Image(voxels: image.voxels.cropped(to: box), geometry: geometry, header: image.header)
    }
  }

  /// - Parameter parts: labels of the three parts.
  static func joined(_ parts: [LabelMap]) -> LabelMap {
    let ends = [(0, margin), (margin - 1, margin), (margin - 1, 0)]
    let pieces = zip(parts, ends).map { part, end in
      part.cropped(
        to: Box(
          lower: [end.0, 0, 0], upper: [part.shape[0] - end.1, part.shape[1], part.shape[2]]))
    }
    let planes = pieces.reduce(0) { $0 + $1.shape[0] }
    let size = Array(parts[0].shape.dropFirst())
    let isWide = pieces.contains { $0.isWide }
    let result = LabelMap([planes] + size, largestLabel: isWide ? 65535 : 0)
    var first = 0
    for piece in pieces {
      let box = Box(lower: [first, 0, 0], upper: [first + piece.shape[0]] + size)
      result.paste(piece, into: box)
      first = box.upper[0]
    }
    return result
  }
}
