import NNXSystem

/// Elements of a frame, wherever its file has them: in the frame's own functional groups, in those that all frames
/// share, or, in files of one slice, in the data set (DICOM PS3.3, C.7.6.16).
struct FrameFacts {
  private let places: [DICOMItem]
  private let data: DICOMItem

  init(_ frame: DICOMItem?, shared: DICOMItem?, data: DICOMItem) {
    places = [frame, shared].compactMap(\.self)
    self.data = data
  }

  private func item(of group: DICOMTag, with tag: DICOMTag) -> DICOMItem {
    places.lazy.compactMap { $0.item(group) }.first { $0.text(tag) != nil } ?? data
  }
  func numbers(_ tag: DICOMTag, in group: DICOMTag) -> [Double]? {
    item(of: group, with: tag).numbers(tag)
  }
  func text(_ tag: DICOMTag, in group: DICOMTag, or plain: DICOMTag) -> String? {
    let item = places.lazy.compactMap { $0.item(group) }.first { $0.text(tag) != nil }
    return item?.text(tag) ?? data.text(plain)
  }

  /// Places of another frame of reference are others.
  static let frameOfReference = "FrameOfReferenceUID"
  /// Names of what tells volumes of one series apart, in the order in which it is asked.
  static let markNames = [frameOfReference] + marks.map(\.name)
  static let marks: [(name: String, tag: DICOMTag, group: DICOMTag, plain: DICOMTag)] = [
    ("EchoTime", DICOMTag(0x0018_9082), DICOMTag(0x0018_9114), .echoTime),
    (
      "TemporalPosition", DICOMTag(0x0020_9128), DICOMTag(0x0020_9111),
      .temporalPosition
    ),
    ("b-value", DICOMTag(0x0018_9087), DICOMTag(0x0018_9117), DICOMTag(0x0018_9087)),
    ("AcquisitionNumber", DICOMTag(0x0020_9156), DICOMTag(0x0020_9111), .acquisitionNumber),
    ("TriggerTime", DICOMTag(0x0020_9153), DICOMTag(0x0018_9118), DICOMTag(0x0018_1060)),
    ("ImageType", DICOMTag(0x0008_9007), DICOMTag(0x0018_9226), .imageType),
    ("AcquisitionTime", DICOMTag(0x0018_9074), DICOMTag(0x0020_9111), DICOMTag(0x0008_0032)),
    ("ContentTime", DICOMTag(0x0008_0033), DICOMTag(0x0020_9111), DICOMTag(0x0008_0033)),
  ]

  /// Position, orientation, spacing: what places a frame.
  var place: (position: [Double], orientation: [Double], spacing: [Double])? {
    guard let position = numbers(.position, in: DICOMTag(0x0020_9113)), position.count == 3,
      let orientation = numbers(.orientation, in: DICOMTag(0x0020_9116)), orientation.count == 6,
      let spacing = numbers(.pixelSpacing, in: DICOMTag(0x0028_9110)), spacing.count == 2
    else { return nil }
    return (position, orientation, spacing)
  }

  /// How the scanner counts a frame in its stack (InStackPositionNumber).
  var number: Int? {
    numbers(DICOMTag(0x0020_9057), in: DICOMTag(0x0020_9111))?.first.flatMap(Int.init(exactly:))
  }

  /// The distance of slices that the file states, in mm, whatever their positions are: SpacingBetweenSlices, or, where
  /// that is none, SliceThickness.
  var statedDistance: Double? {
    let measures = DICOMTag(0x0028_9110)
    let between = numbers(.spacingBetweenSlices, in: measures)?.first
    return between.flatMap { $0 > 0 ? $0 : nil } ?? numbers(.sliceThickness, in: measures)?.first
  }

  /// Slope and intercept; 1 and 0 where the file has none.
  var scale: LinearScale {
    let group = DICOMTag(0x0028_9145)
    return LinearScale(
      slope: numbers(.rescaleSlope, in: group)?.first ?? 1,
      intercept: numbers(.rescaleIntercept, in: group)?.first ?? 0)
  }
}
