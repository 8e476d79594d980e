import NNXImage
import NNXModel
import NNXSystem

/// An image in parts that networks see one after the other, and the labels of the parts joined hard. Each part is an
/// image of its own: with its own tiles, and its own mean where that is asked for.
struct Pieces {
  struct Piece: Equatable {
    /// What the networks see.
    let seen: Box
    /// What of it becomes part of the result.
    let kept: Box
  }

  let all: [Piece]
  private let shape: [Int]

  /// - Parameters:
  ///   - rule: `nil`: one part.
  ///   - shape: of the prepared image, `(z, y, x)`.
  /// - Throws: `usage` where an image has too few planes to be halved so often.
  init(_ rule: Recipe.Pieces?, _ shape: [Int]) throws(NNXError) {
    self.shape = shape
    switch rule {
    case .thirds(let voxels, let planes) where shape.reduce(1, *) > voxels && shape[0] > planes:
      all = Pieces.along(0, Pieces.thirds(shape[0]), shape)
    case .halves(let level, let margin) where level > 0:
      all = Pieces.along(0, try Pieces.halves(shape[0], level, margin), shape)
    case .boxes(let longest, let overlap):
      all = Pieces.boxes(longest, overlap, shape)
    default:
      all = [Piece(seen: Box(shape), kept: Box(shape))]
    }
  }

  func parts(_ image: Image) -> [Image] {
    if all.count == 1 { return [image] }
    return all.map { piece in
      var geometry = image.geometry
      geometry.shape = piece.seen.shape
      return Image(
        voxels: image.voxels.cropped(to: piece.seen), geometry: geometry, header: image.header)
    }
  }

  /// - Parameter labels: of the parts.
  func joined(_ labels: [LabelMap]) -> LabelMap {
    if all.count == 1 { return labels[0] }
    let result = LabelMap(shape, largestLabel: labels.contains { $0.isWide } ? 65535 : 0)
    for (piece, part) in zip(all, labels) {
      let inner = Box(
        lower: zip(piece.kept.lower, piece.seen.lower).map { $0 - $1 },
        upper: zip(piece.kept.upper, piece.seen.lower).map { $0 - $1 })
      result.paste(part.cropped(to: inner), into: piece.kept)
    }
    return result
  }

  /// What of an axis a part sees, and what of it is kept.
  typealias Stretch = (seen: Range<Int>, kept: Range<Int>)

  /// As TotalSegmentator cuts large images, so that nnU-Net needs less memory: parts overlap by 39 planes.
  static func thirds(_ planes: Int) -> [Stretch] {
    let (third, margin) = (planes / 3, 20)
    return [
      (0..<third + margin, 0..<third),
      ((third + 1 - margin)..<(2 * third + margin), third..<2 * third),
      ((2 * third + 1 - margin)..<planes, 2 * third..<planes),
    ]
  }

  /// As MRSegmentator's `--split_level` cuts: each part into two at half its planes, again and again.
  static func halves(_ planes: Int, _ level: Int, _ margin: Int) throws(NNXError) -> [Stretch] {
    var parts: [Stretch] = [(0..<planes, 0..<planes)]
    for _ in 0..<level {
      var halves: [Stretch] = []
      for (seen, kept) in parts {
        let half = seen.count / 2
        guard half >= margin, half > 0 else {
          throw NNXError(
            .usage,
            "an image of \(planes) planes cannot be halved \(level) times with a margin of \(margin)",
            fixes: ["Give a smaller --split-level, or none"])
        }
        let cut = seen.lowerBound + half
        halves.append(
          (seen.lowerBound..<min(cut + margin, seen.upperBound), kept.lowerBound..<cut))
        halves.append((cut - margin..<seen.upperBound, cut..<kept.upperBound))
      }
      parts = halves
    }
    return parts
  }

  /// As MOOSE's `ImageChunker` cuts: even stretches of at most so many voxels, the first ones longer by one.
  static func even(_ count: Int, longest: Int, overlap: Int) -> [Stretch] {
    let parts = max(1, (count + longest - 1) / longest)
    let starts = (0...parts).map { $0 * (count / parts) + min($0, count % parts) }
    return (0..<parts).map { part in
      let kept = starts[part]..<starts[part + 1]
      return (
        (part > 0 ? max(0, kept.lowerBound - overlap) : kept.lowerBound)..<(part < parts - 1
          ? min(count, kept.upperBound + overlap) : count), kept
      )
    }
  }

  private static func along(_ axis: Int, _ stretches: [Stretch], _ shape: [Int]) -> [Piece] {
    stretches.map { stretch in
      func box(_ range: Range<Int>) -> Box {
        var whole = Box(shape)
        (whole.lower[axis], whole.upper[axis]) = (range.lowerBound, range.upperBound)
        return whole
      }
      return Piece(seen: box(stretch.seen), kept: box(stretch.kept))
    }
  }

  private static func boxes(_ longest: Int, _ overlap: Int, _ shape: [Int]) -> [Piece] {
    let axes = shape.map { even($0, longest: longest, overlap: overlap) }
    return axes[0].flatMap { z in
      axes[1].flatMap { y in
        axes[2].map { x in
          let stretches = [z, y, x]
          func box(_ range: (Stretch) -> Range<Int>) -> Box {
            Box(
              lower: stretches.map { range($0).lowerBound },
              upper: stretches.map { range($0).upperBound })
          }
          return Piece(seen: box { $0.seen }, kept: box { $0.kept })
        }
      }
    }
  }
}
