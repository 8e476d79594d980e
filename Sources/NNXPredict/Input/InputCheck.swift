import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Looks at the images of a case before any work is done on them.
enum InputCheck {
  /// - Parameters:
  ///   - images: the channels of `item`, in the model's order.
  ///   - allowed: what is told as a warning instead of refused.
  /// - Returns: warnings: what is odd but can be worked with.
  /// - Throws: `geometry` when channels differ in shape or spacing; `not-finite`; `not-hounsfield` and
  ///   `looks-like-ct` when intensities are of other units than the model's; `channels` when two files
  ///   hold the same image.
  static func check(
    _ images: [Image], _ item: Case, _ model: ModelDescription,
    allowed: Set<Predictor.Allowance> = []
  ) throws(NNXError) -> [String] {
    var warnings: [String] = []
    for (index, image) in images.enumerated() {
      let path = item.images[min(index, item.images.count - 1)]
      warnings += try checkFinite(image, path, model, isAllowed: allowed.contains(.nonFinite))
      let (first, other) = (images[0].geometry, image.geometry)
      guard first.hasGrid(of: other) else { throw mismatch(item.images[0], path, first, other) }
      if !first.hasPlace(of: other) {
        warnings.append(
          "\(path) lies elsewhere in space than \(item.images[0]); the latter's place is used")
      }
      warnings += image.remarks.map { "\(path): \($0)" }
    }
    // A picture in colour holds several channels, which may well be equal.
    if images.count == item.images.count {
      try checkRepeats(images, item)
      for (path, channel) in zip(item.images, model.channels) {
        guard let remark = try ModalityCheck.remark(path, channel: channel) else { continue }
        // Before the network runs, and not when it has run.
        Remarks.tell([remark], of: path)
        warnings.append("\(path): \(remark)")
      }
    }
    return try warnings + checkUnits(images, item, model, isAllowed: allowed.contains(.units))
  }

  /// - Returns: what is done to voxels that are no numbers, if it is allowed.
  private static func checkFinite(
    _ image: Image, _ path: String, _ model: ModelDescription, isAllowed: Bool
  ) throws(NNXError) -> [String] {
    guard isAllowed else {
      try image.checkFinite(
        path: path, orElse: ["Or take what nnU-Net makes of them: --allow non-finite"])
      return []
    }
    func counted(_ count: Int) -> String { count == 1 ? "1 voxel is" : "\(count) voxels are" }
    let kept = image.nonFinite.count
    var warnings: [String] = []
    if image.zeroed > 0 {
      warnings.append(
        "\(path): \(counted(image.zeroed)) no number (NaN or infinite); ITK's NIfTI reader makes them 0"
          + " before it scales, so they count as \(image.ofZero) here")
    }
    if kept > 0 {
      guard model.architecture.normalizesInstances else {
        throw NNXError(
          .notFinite, "\(path) has voxels that are no numbers, which this model's reader keeps",
          details: ["without instance normalisation nnx does not follow them through the network"],
          fixes: ["Replace them, for example by the value of air, and try again"])
      }
      warnings.append(
        "\(path): \(counted(kept)) no number (NaN or infinite), and \(keeper(image, model)) keeps such;"
          + " as in nnU-Net, patches that a NaN reaches are background")
    }
    return warnings
  }

  private static func keeper(_ image: Image, _ model: ModelDescription) -> String {
    image.header.nifti == nil ? "ITK" : model.reader?.isNibabel == true ? "nibabel" : "scaling"
  }

  /// - Returns: what would have been refused, if it is allowed.
  private static func checkUnits(
    _ images: [Image], _ item: Case, _ model: ModelDescription, isAllowed: Bool
  ) throws(NNXError) -> [String] {
    var warnings: [String] = []
    for (index, image) in images.enumerated() {
      let problem = UnitsCheck.problem(
        image, item.images[min(index, item.images.count - 1)], channel: model.channels[index],
        model.preprocessing.normalization[index])
      guard let problem else { continue }
      guard isAllowed else { throw problem }
      warnings.append("\(problem.message); \(problem.details[0].firstLowercased)")
    }
    return warnings
  }

  /// Refuses one image given for two channels. Constant images, which stand in for missing ones, may be
  /// equal.
  private static func checkRepeats(_ images: [Image], _ item: Case) throws(NNXError) {
    for (index, image) in images.enumerated() {
      for other in 0..<index where isSame(images[other], image) {
        throw NNXError(
          .channels, "two channels of \(item.name) hold the same image",
          details: [item.images[other], item.images[index]],
          fixes: ["Give each channel its own image"])
      }
    }
  }

  private static func isSame(_ first: Image, _ second: Image) -> Bool {
    guard first.voxels.shape == second.voxels.shape else { return false }
    return first.voxels.withSpan { a in
      second.voxels.withSpan { b in
        var isConstant = true
        for index in a.indices {
          if a[index] != b[index] { return false }
          if a[index] != a[0] { isConstant = false }
        }
        return !isConstant
      }
    }
  }

  /// Refuses pictures where the model was trained on scans: a slice without a spacing is no volume.
  ///
  /// - Parameter reader: of the images that the model was trained on, where it is known.
  /// - Throws: `unsupported-image`.
  static func checkKind(_ path: String, _ reader: ImageReader?) throws(NNXError) {
    guard let reader, !reader.takesPictures, try ImageFormat(path: path).isPicture else { return }
    throw NNXError(
      .unsupportedImage, "\(path) is a picture, and the model was trained on scans",
      details: ["its images were read with \(reader.rawValue)"],
      fixes: ["Give the scan as NIfTI, NRRD, MetaImage or GIPL"])
  }

  /// - Throws: `channels` when the files of a case hold other than the model's number of channels.
  static func checkCount(
    _ images: [Image], _ item: Case, _ model: ModelDescription
  ) throws(NNXError) {
    guard images.count != model.channels.count else { return }
    throw NNXError(
      .channels,
      "\(item.name) has \(images.count) channels, and the model needs \(model.channels.count)",
      details: ["It expects, in this order: " + model.channels.joined(separator: ", ")]
        + item.images,
      fixes: ["Give one file per channel, or one picture that holds them all"])
  }

  private static func mismatch(
    _ path: String, _ other: String, _ first: Geometry, _ second: Geometry
  ) -> NNXError {
    NNXError(
      .geometry, "the images of one case lie on different grids",
      details: [
        "\(path): \(first.gridText)",
        "\(other): \(second.gridText)",
      ],
      fixes: ["Resample one onto the grid of the other first (axes here are z, y, x)"])
  }
}

extension String {
  /// As it stands in the middle of a sentence.
  fileprivate var firstLowercased: String { prefix(1).lowercased() + dropFirst() }
}
