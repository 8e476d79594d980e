extension SliceStack {
  /// Whether the scanner counted the slices against row × column. dcm2niix then begins at the other end; slices that
  /// are counted in no order it sorts (`ensureSequentialSlicePositions` of nii_dicom_batch.cpp).
  package var isCountedDown: Bool {
    // Slices that are made anew have no numbers.
    guard !isRepaired else { return false }
    let counted = slices.sorted { ($0.number, $0.height) < ($1.number, $1.height) }
    let steps = zip(counted.dropFirst(), counted).map { $0.height - $1.height }
    let isInOrder = counted.count < 3 || steps.allSatisfy { abs($0 - steps[0]) <= Self.sameStep }
    return isInOrder && steps[0] < 0
  }

  /// Steps that differ by less are the same to dcm2niix, in mm (`kSliceTolerance`).
  private static let sameStep = 0.2

  /// The distance of slices by which dcm2niix places voxels, in mm: of frames of one file the stated one, where that is
  /// the positions' but for rounding. (Where it is not, dcm2niix takes it all the same, and voxels lie elsewhere.)
  package var placingDistance: Float {
    let isOneFile = slices.allSatisfy { $0.source.path == slices[0].source.path }
    return isOneFile && !isRepaired ? spacing : distance
  }

  /// The distance of slices in the header that dcm2niix writes, in mm: the stated one, where that is the positions' but
  /// for rounding.
  package var spacing: Float {
    let stated = countedFirst.statedDistance.map { Float($0) } ?? 0
    return abs(distance - stated) <= 1e-4 ? stated : distance
  }

  /// The slice that dcm2niix begins with.
  package var countedFirst: Slice { isCountedDown ? slices[slices.count - 1] : slices[0] }
}
