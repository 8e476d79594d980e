import NNXDICOM
import NNXSystem
import NNXTensor

/// Reads the image at `path`, exactly this file: all its channels, of which only pictures have several.
///
/// Readers that turn images give them in the patient's order, with a note of the file's (`Image.turn`).
///
/// - Parameters:
///   - reader: the reader of nnU-Net that the model was trained with; without one, a TIFF file of one
///     page is a picture and of several a volume.
///   - nonFinite: what becomes of voxels that are no numbers.
///   - series: how DICOM becomes an array.
///   - keepsExact: whether NIfTI files are read in double, too, where float32 rounds (`Image.exact`); for
///     readers that do not turn.
///   - progress: told of bytes unpacked, stage `read`.
/// - Returns: at least one image; all on one grid.
/// - Throws: `file-not-found`, `unreadable`, `unsupported-image`, `broken-image`, `geometry`, `memory`.
package func readImages(
  _ path: String, as reader: ImageReader? = nil, nonFinite: NonFinite = .kept,
  series: SeriesReading = SeriesReading(), keepsExact: Bool = false,
  progress: ProgressHandler = { _ in }
) throws(NNXError) -> [Image] {
  precondition(!(keepsExact && reader?.turns == true), "doubles are not turned")
  var images = try readFile(path, as: reader, nonFinite, series, keepsExact, progress)
  for image in images { Remarks.tell(image.remarks, of: path) }
  for index in images.indices {
    let image = images[index]
    guard let turned = try reader?.turn(image.geometry, image.header, path: path) else { continue }
    images[index].voxels = image.voxels.turned(turned.turn.orientation)
    images[index].geometry = turned.geometry
    images[index].turn = turned.turn
  }
  return images
}

/// What becomes of voxels that are no numbers, or infinite.
package enum NonFinite: Sendable {
  /// They are handed on.
  case kept
  /// What nnU-Net's reader of the format makes of them: ITK's NIfTI library makes them 0 before it scales;
  /// ITK's other formats and nibabel keep them.
  case asTheReader
}

/// Reads all channels in the order of the file.
private func readFile(
  _ path: String, as reader: ImageReader?, _ nonFinite: NonFinite, _ series: SeriesReading,
  _ keepsExact: Bool,
  _ progress: ProgressHandler
) throws(NNXError) -> [Image] {
  switch try ImageFormat(path: path) {
  case .nifti:
    let file = try NIfTIFile(path, reader, readsNonFinite: nonFinite == .asTheReader)
    var voxels = try file.voxels.read(keepsExact: keepsExact, progress: progress)
    var exact = file.voxels.exact
    if file.volumes > 1 {
      (voxels, exact) = VolumeMean.of(
        voxels, exact, file.geometry.shape, file.voxels.intensityType)
    }
    var image = Image(
      voxels: voxels, geometry: file.geometry, header: .nifti(file.header), remarks: file.remarks)
    image.exact = exact
    image.table = file.table
    image.storedType = file.voxels.intensityType
    image.zeroed = file.voxels.zeroed
    image.ofZero = file.voxels.ofZero
    return [image]
  case .nrrd:
    let file = try NRRDFile(path)
    var image = Image(
      voxels: try file.voxels.read(progress: progress), geometry: file.geometry,
      header: .nrrd(file.header), remarks: file.remarks)
    image.table = NRRDSegments.table(file.header.keys)
    return [image]
  case .meta:
    let file = try MetaFile(path)
    return [
      Image(
        voxels: try file.voxels.read(progress: progress), geometry: file.geometry,
        header: .meta(file.header), remarks: file.remarks)
    ]
  case .gipl:
    let file = try GIPLFile(path)
    return [
      Image(
        voxels: try file.voxels.read(progress: progress), geometry: file.geometry,
        header: .gipl(file.header))
    ]
  case .png: return try PNGFile(path).images()
  case .bmp: return try BMPFile(path).images()
  case .tiff: return try TIFFFile(path).images(reader, progress: progress)
  case .dicom:
    let file = try SeriesFile(path, reader, series)
    var image = Image(
      voxels: try file.voxels(progress), geometry: file.geometry, header: file.header,
      remarks: file.remarks)
    image.bounds = file.bounds
    return [image]
  }
}

/// Reads an image of one channel.
///
/// - Throws: as `readImages`; `unsupported-image` for a picture in colour.
package func readImage(
  _ path: String, as reader: ImageReader? = nil, series: SeriesReading = SeriesReading(),
  progress: ProgressHandler = { _ in }
) throws(NNXError) -> Image {
  let images = try readImages(path, as: reader, series: series, progress: progress)
  guard images.count == 1 else {
    throw NNXError(
      .unsupportedImage, "\(path) has \(images.count) channels, not one",
      fixes: ["Give a grey picture"])
  }
  return images[0]
}

/// Reads the grid of the image at `path` and none of its voxels: what an estimate needs.
///
/// - Throws: as `readImages`.
package func readGeometry(
  _ path: String, as reader: ImageReader? = nil, series: SeriesReading = SeriesReading()
) throws(NNXError) -> Geometry {
  let (geometry, header, remarks) = try readHeader(path, as: reader, series)
  Remarks.tell(remarks, of: path)
  return try reader?.turn(geometry, header, path: path)?.geometry ?? geometry
}

/// Reads the grid of the image at `path`, and the header that results take their place from.
///
/// - Throws: as `readImages`.
func readPlace(
  _ path: String, series: SeriesReading
) throws(NNXError) -> (Geometry, ImageHeader) {
  let (geometry, header, remarks) = try readHeader(path, as: nil, series)
  Remarks.tell(remarks, of: path)
  return (geometry, header)
}

private func readHeader(
  _ path: String, as reader: ImageReader?, _ series: SeriesReading
) throws(NNXError) -> (Geometry, ImageHeader, remarks: [String]) {
  switch try ImageFormat(path: path) {
  case .nifti:
    let file = try NIfTIFile(path, reader)
    return (file.geometry, .nifti(file.header), file.remarks)
  case .nrrd:
    let file = try NRRDFile(path)
    return (file.geometry, .nrrd(file.header), file.remarks)
  case .meta:
    let file = try MetaFile(path)
    return (file.geometry, .meta(file.header), file.remarks)
  case .gipl:
    let file = try GIPLFile(path)
    return (file.geometry, .gipl(file.header), [])
  case .png: return (try PNGFile(path).geometry, .picture(axes: 2), [])
  case .bmp: return (try BMPFile(path).geometry, .picture(axes: 2), [])
  case .tiff:
    let (geometry, remarks) = try TIFFFile(path).geometry(reader)
    return (geometry, .picture(axes: geometry.shape[0] == 1 ? 2 : 3), remarks)
  case .dicom:
    let file = try SeriesFile(path, reader, series)
    return (file.geometry, file.header, file.remarks)
  }
}

/// Reads a label map, such as the prediction of an earlier stage.
///
/// - Throws: as `readImage`; `broken-image` when a value is no integer from 0 to 65535.
package func readSegmentation(
  _ path: String, progress: ProgressHandler = { _ in }
) throws(NNXError) -> Segmentation {
  if SEGFile.isOne(path) { return try SEGFile(path).segmentation() }
  if let stored = try storedSegmentation(path, progress) { return stored }
  let image = try readImage(path, progress: progress)
  var segmentation = Segmentation(labels: try labels(of: image, path), like: image)
  segmentation.table = image.table
  return segmentation
}

/// Reads a label map in the order in which a reader hands on its images.
///
/// - Throws: as `readSegmentation`.
package func readLabels(
  _ path: String, as reader: ImageReader?
) throws(NNXError) -> (labels: LabelMap, geometry: Geometry) {
  let image = try readImage(path, as: reader)
  return (try labels(of: image, path), image.geometry)
}

private func labels(of image: Image, _ path: String) throws(NNXError) -> LabelMap {
  var labels = GrowingLabels(image.geometry.shape)
  try image.voxels.withSpan { (span) throws(NNXError) in try labels.append(span, path) }
  return labels.map
}

/// A label map that lies in a file as a volume does; read without an array of intensities beside it.
///
/// - Returns: `nil` for files of other kinds.
private func storedSegmentation(
  _ path: String, _ progress: ProgressHandler
) throws(NNXError) -> Segmentation? {
  let voxels: StoredVoxels
  let place: (Geometry, ImageHeader)
  var (table, remarks) = (LabelTable(), [String]())
  switch try ImageFormat(path: path) {
  case .nifti:
    let file = try NIfTIFile(path, nil)
    (voxels, place) = (file.voxels, (file.geometry, .nifti(file.header)))
    (table, remarks) = (file.table, file.remarks)
  case .nrrd:
    let file = try NRRDFile(path)
    (voxels, place) = (file.voxels, (file.geometry, .nrrd(file.header)))
    (table, remarks) = (NRRDSegments.table(file.header.keys), file.remarks)
  case .meta:
    let file = try MetaFile(path)
    (voxels, place) = (file.voxels, (file.geometry, .meta(file.header)))
    remarks = file.remarks
  case .gipl:
    let file = try GIPLFile(path)
    (voxels, place) = (file.voxels, (file.geometry, .gipl(file.header)))
  default: return nil
  }
  var labels = GrowingLabels(place.0.shape)
  if voxels.areBytes {
    try voxels.forEachByteChunk(progress) { labels.append($0) }
  } else {
    try voxels.forEachChunk(progress) { (values) throws(NNXError) in
      try labels.append(values, path)
    }
  }
  Remarks.tell(remarks, of: path)
  var segmentation = Segmentation(labels: labels.map, geometry: place.0, header: place.1)
  segmentation.table = table
  return segmentation
}
