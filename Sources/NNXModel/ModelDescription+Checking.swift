import NNXSystem

extension ModelDescription {
  /// What is impossible about this description, as in "a patch of …"; `nil` when nothing is.
  ///
  /// Checked when a description is made from plans and when it is read back, so that whoever uses
  /// one can rely on axes and counts that fit.
  package var flaw: String? {
    let axes = preprocessing.transposeForward
    guard axes.sorted() == [0, 1, 2],
      preprocessing.transposeBackward == (0..<3).map({ axis in axes.firstIndex(of: axis) })
    else { return "a transpose of \(axes) and back by \(preprocessing.transposeBackward)" }
    guard preprocessing.spacing.count == 3, preprocessing.spacing[0] != nil || slicewise,
      preprocessing.spacing[1] != nil, preprocessing.spacing[2] != nil,
      preprocessing.spacing.compactMap(\.self).allSatisfy({
        // At the least of all every image would be one of terabytes.
        SpatialLimits.thickness.contains($0) && $0 > SpatialLimits.thickness.lowerBound
      })
    else { return "a spacing of \(preprocessing.spacing.map { $0.map { "\($0)" } ?? "any" }) mm" }
    guard patch.count == 3, !slicewise || patch[0] == 1 else { return "a patch of \(patch)" }
    guard Set(mirrorAxes).count == mirrorAxes.count,
      mirrorAxes.allSatisfy({ (slicewise ? 1...2 : 0...2).contains($0) })
    else { return "mirroring along \(mirrorAxes)" }
    guard !channels.isEmpty, preprocessing.normalization.count == channels.count else {
      return "\(preprocessing.normalization.count) normalisations for \(channels.count) channels"
    }
    for normalization in preprocessing.normalization {
      guard let intensities = normalization.intensities, !intensities.isPossible else { continue }
      return "impossible intensities: \(intensities.words)"
    }
    if let order = labels.regionsClassOrder, !Labels.canWrite(order, heads: labels.heads) {
      return "regions of values \(order)"
    }
    let inputs = channels.count + (previousStage == nil ? 0 : labels.foreground.count)
    guard architecture.inputChannels == inputs, architecture.outputChannels == labels.heads else {
      return """
        a network of \(architecture.inputChannels) channels to \(architecture.outputChannels) \
        for \(inputs) images and \(labels.heads) labels
        """
    }
    return architecture.flaw(patch: patch)
  }
}

extension Normalization {
  fileprivate var intensities: Intensities? {
    switch self {
    case .ct(let intensities, _), .ct2(let intensities, _): intensities
    default: nil
    }
  }
}

extension Normalization.Intensities {
  fileprivate var words: String {
    "mean \(mean), deviation \(deviation), percentiles \(percentile00_5) to \(percentile99_5)"
  }

  fileprivate var isPossible: Bool {
    [mean, deviation, percentile00_5, percentile99_5].allSatisfy(\.isFinite)
      && percentile00_5 <= percentile99_5
  }
}
