import NNXSystem

/// Whether the disagreement of the folds is mapped, and where to.
package enum UncertaintyChoice: Equatable, Sendable {
  case none
  /// `NAME.uncertainty.nii.gz` beside the segmentation.
  case beside
  /// A file of this path.
  case file(String)

  /// - Parameter folds: how many networks vote.
  /// - Throws: `one-fold` when there is nobody to disagree with.
  func check(folds: Int) throws(NNXError) {
    guard self != .none, folds < 2 else { return }
    throw NNXError(
      .oneFold, "one fold cannot disagree: --uncertainty compares the labels of several",
      fixes: [
        "Choose more with --folds, or leave it out",
        "Or install them: nnx install NAME --folds all",
      ])
  }
}

extension NNXError.Code {
  static let oneFold = NNXError.Code("one-fold", .usage)
}
