import NNXSystem
import NNXTensor

extension LabelMap {
  /// The classes of one of TotalSpineSeg's networks by the names of discs and vertebrae: the largest piece, named along
  /// the canal, and the canal filled.
  ///
  /// - Parameters:
  ///   - network: 1 or 2; the map's axes run to the right, the front and the head.
  ///   - localizer: names of discs on the same grid, which tell which disc is which.
  /// - Throws: `unnamed-spine`.
  package func namingSpine(network: Int, localizer: LabelMap? = nil) throws(NNXError) -> LabelMap {
    let volume = SpineVolume(self).largestPiece()
    do throws(SpineLabelling.Problem) {
      return try SpineLabelling.labels(
        volume, network == 1 ? .first : .second, localizer: localizer.map(SpineVolume.init)
      ).canalFilled().map
    } catch {
      throw .unnamedSpine(
        "the spine cannot be named: \(error.words)", network,
        "Or write the network's own classes with --raw-labels, named as NAME/WEIGHTS")
    }
  }

  /// A voxel for each disc by the names that the first network gave: `step1_levels`; and the names of discs that are
  /// missing between others, so that levels below them have a number too small.
  ///
  /// - Parameter spacing: mm between slices, as a file of the map has it.
  /// - Throws: `unnamed-spine`.
  package func spineLevels(
    spacing: Float
  ) throws(NNXError) -> (points: LabelMap, missing: [Int]) {
    do throws(SpineLabelling.Problem) {
      let levels = try SpineLevels(SpineVolume(self), step: spacing)
      return (try levels.points().map, levels.missing)
    } catch {
      throw .unnamedSpine(
        "the spine has no levels: \(error.words)", 1, "Or leave out --levels")
    }
  }

  /// 1 in every second disc, from the first name on.
  package var everySecondDisc: Tensor {
    let present = present(.values(Set(63...100))).sorted()
    let meant = Set(stride(from: 0, to: present.count, by: 2).map { present[$0] })
    let result = Tensor(shape)
    for index in 0..<count where meant.contains(self[index]) {
      unsafe result.base[index] = 1
    }
    return result
  }
}

extension SpineLabelling.Problem {
  fileprivate var words: String {
    switch self {
    case .noCanal: "there is no spinal canal"
    case .shortCanal: "the spinal canal is one slice"
    case .noCentreline: "the middle of the canal is nowhere part of it"
    case .noDiscs: "there is no disc of 200 voxels"
    case .noVertebrae: "there is no vertebra of 200 voxels"
    case .noLandmark: "no disc is a landmark"
    case .unknownName(let name): "no disc or vertebra has the name \(name)"
    }
  }
}

extension NNXError {
  fileprivate static func unnamedSpine(_ message: String, _ network: Int, _ other: String)
    -> NNXError
  {
    NNXError(
      .unnamedSpine, message,
      details: [
        "It is what network \(network) of TotalSpineSeg found; the package gives up here, too."
      ],
      fixes: [
        "Give an image of the spine whose canal and landmarks (C2-C3, C7-T1, T12-L1 or L5-S1) are seen",
        other,
      ])
  }
}

extension NNXError.Code {
  static let unnamedSpine = NNXError.Code("unnamed-spine", .data)
}
