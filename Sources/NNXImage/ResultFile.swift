/// A file that a run leaves for a case: the segmentation, or what lies beside it.
///
/// None of the names is one that dcm2niix, BIDS or nnU-Net gives to a file of its own, but for `spacing`,
/// whose name is nnU-Net's.
package enum ResultFile: String, CaseIterable, Sendable {
  case segmentation
  /// Of a TIFF volume alone: where nnU-Net looks for its spacing (`SpacingFile`).
  case spacing
  case probabilities
  /// Where folds disagree.
  case uncertainty
  case stats
  case preview
  /// Numbers as a publisher's program writes them.
  case statistics
  /// The image inside of the labels, 0 outside.
  case masked
  /// Probabilities of the spinal canal and the cord near their labels, as TotalSpineSeg writes them.
  case canal, cord
  /// A voxel for each disc, as TotalSpineSeg writes them.
  case levels
  /// A mask for each structure, in a folder of their own.
  case structures
  /// What made the others (docs/format/run-record.md).
  case record

  /// What is made of a segmentation without any network, and can be made later.
  package static let derived: Set<ResultFile> = [
    .stats, .preview, .statistics, .masked, .structures,
  ]

  /// Path of the file that belongs to a segmentation, when no other is asked for; of `structures` their folder.
  package func path(of segmentation: String) -> String {
    let ending = ImageFormat.ending(of: segmentation) ?? ImageFormat.dicomEnding(of: segmentation)
    let stem = String(segmentation.dropLast(ending?.count ?? 0))
    return switch self {
    case .segmentation: segmentation
    case .spacing: stem + ".json"
    case .probabilities: stem + ".probabilities.npz"
    case .uncertainty: stem + ".uncertainty" + (ImageFormat.ending(of: segmentation) ?? ".nii.gz")
    case .stats: stem + ".stats.json"
    case .preview: stem + ".preview.png"
    case .statistics: stem + ".statistics.json"
    case .masked: stem + ".masked.nii.gz"
    case .canal: stem + ".canal.nii.gz"
    case .cord: stem + ".cord.nii.gz"
    case .levels: stem + ".levels.nii.gz"
    case .structures: stem + ".structures"
    case .record: stem + ResultFile.recordEnding
    }
  }

  /// Of the names of run records.
  package static let recordEnding = ".nnx.json"

  /// Whether an image in a folder of results is no segmentation, but lies beside one.
  package static func isCompanion(_ name: String) -> Bool {
    let stem = name.dropLast(ImageFormat.ending(of: name)?.count ?? 0)
    return [".preview", ".masked", ".uncertainty", ".canal", ".cord", ".levels"].contains(
      where: stem.hasSuffix)
  }
}
