/// A label map in the place of the image that it was made from.
package struct Segmentation: Sendable {
  /// `(z, y, x)`.
  package var labels: LabelMap
  package var geometry: Geometry
  /// The header whose place in the patient the written file repeats byte for byte.
  package var header: ImageHeader

  /// What the values stand for; written to NIfTI and NRRD files, and read from
  /// them. May be empty.
  package var table = LabelTable()
  /// Whose files a NIfTI file of it looks like.
  package var form = Form.own
  /// Whether nothing of the image's header is repeated but its place, where `form` is another's: what a publisher
  /// writes who made the file of an array alone.
  package var hasFreshHeader = false

  package enum Form: Equatable, Sendable {
    case own
    /// The image's header but for what tells the type of voxels, its extensions, and one with the table.
    case totalSegmentator
    /// A new header with the image's grid and place, as ITK writes it; no table.
    ///
    /// - Parameter wasTurned: whether ITK turned the image before.
    case itk(wasTurned: Bool)
    /// A new header with the image's place as both forms, as nibabel writes it; no table.
    case nibabel
  }
  /// Whether the grid is not that of an image but as much of it as the file holds, as in DICOM
  /// segmentations: what is outside is background.
  package var coversPart = false
  /// Whether there are slices between its own that a DICOM segmentation left out: of a grid that has them they are
  /// background.
  package var leavesOutSlices = false
  /// PatientID of a DICOM segmentation; `nil` where the file does not tell whose it is.
  package var patientID: String?
  /// FrameOfReferenceUID of a DICOM segmentation, as `patientID`.
  package var frameOfReference: String?
  /// What a DICOM segmentation needs to know; without it none can be written.
  package var origin: SEGOrigin?

  package init(labels: LabelMap, geometry: Geometry, header: ImageHeader) {
    precondition(labels.shape == geometry.shape)
    self.labels = labels
    self.geometry = geometry
    self.header = header
  }

  /// - Parameter image: whose grid the labels lie on; its voxels are not kept.
  package init(labels: LabelMap, like image: Image) {
    self.init(
      labels: image.turn?.undo(labels) ?? labels, geometry: image.fileGeometry,
      header: image.header)
  }
}
