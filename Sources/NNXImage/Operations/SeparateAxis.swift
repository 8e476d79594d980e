/// The axis along which nnU-Net resamples by nearest neighbour, slice by slice, because it is much
/// coarser than the others; `nil` for ordinary resampling.
///
/// `determine_do_sep_z_and_axis` of nnunetv2/preprocessing/resampling/default_resampling.py, and the
/// same rule in nnunet 1.7: the first of both spacings whose largest value exceeds three times its
/// smallest decides; two or three axes that share the largest value are no candidates.
///
/// - Parameters:
///   - current: mm along each axis before.
///   - new: mm along each axis after.
///   - force: `force_separate_z` of the plans; `nil` when it is null.
package func separateAxis(current: [Double], new: [Double], force: Bool? = nil) -> Int? {
  if force == false { return nil }
  let deciding = force == true ? current : [current, new].first(where: isAnisotropic)
  guard let spacing = deciding, let largest = spacing.max() else { return nil }
  let candidates = spacing.indices.filter { largest / spacing[$0] == 1 }
  return candidates.count == 1 ? candidates[0] : nil
}

/// `ANISO_THRESHOLD` of nnunetv2/configuration.py.
private func isAnisotropic(_ spacing: [Double]) -> Bool {
  guard let largest = spacing.max(), let smallest = spacing.min() else { return false }
  return largest / smallest > 3
}
