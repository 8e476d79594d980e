extension SliceStack {
  /// Whether the scanner counted the slices against row × column. dcm2niix then begins at the other end; slices that
  /// are counted in no order it sorts (`ensureSequentialSlicePositions` of nii_dicom_batch.cpp).
  package var isCountedDown: Bool {
    // Frames of a file lie in the order of the file, and slices that are made anew have no numbers.
    guard !isRepaired, Set(slices.map(\.source.path)).count == slices.count else { return false }
    let counted = slices.sorted { ($0.number, $0.height) < ($1.number, $1.height) }
    let steps = zip(counted.dropFirst(), counted).map { $0.height - $1.height }
    let isInOrder = counted.count < 3 || steps.allSatisfy { abs($0 - steps[0]) <= Self.sameStep }
    return isInOrder && steps[0] < 0
  }

  /// Steps that differ by less are the same to dcm2niix, in mm (`kSliceTolerance`).
  private static let sameStep = 0.2

  /// The slice that dcm2niix begins with.
  package var countedFirst: Slice { isCountedDown ? slices[slices.count - 1] : slices[0] }
}
