import NNXArchive
import NNXSystem
import NNXTensor

/// Writes an image with its intensities: whole numbers as such, others as float32.
///
/// - Parameters:
///   - path: its ending tells the format: NIfTI, NRRD or MetaImage; appears only when it is complete.
///   - description: a line for the header, ASCII.
/// - Throws: `unsupported-image` for another ending; `file-not-found` when the folder is missing;
///   `cannot-write`, `no-space`.
func writeImage(
  _ image: Image, to path: String, description: String = "nnx", threads: Threads = .all
) throws(NNXError) {
  let format = try writtenFormat(path)
  let stored = StoredIntensities(image.voxels, bounds: image.bounds, threads: threads)
  try write(
    stored, image.fileGeometry, image.header, format, to: path, description: description,
    threads: threads)
}

/// Writes a series of DICOM as `writeImage` does, without an array of all its voxels.
///
/// - Returns: its grid; `nil` where that cannot be done, and nothing is written.
/// - Throws: as `readImage` and `writeImage`.
func writeSeries(
  _ series: String, _ reading: SeriesReading, to path: String, description: String,
  threads: Threads = .all
) throws(NNXError) -> Geometry? {
  let format = try writtenFormat(path)
  guard try ImageFormat(path: series) == .dicom else { return nil }
  let file = try SeriesFile(series, nil, reading)
  guard let stored = file.stored(threads: threads) else { return nil }
  Remarks.tell(file.remarks, of: series)
  try write(
    stored, file.geometry, file.header, format, to: path, description: description,
    threads: threads)
  return file.geometry
}

private func writtenFormat(_ path: String) throws(NNXError) -> ImageFormat {
  let format = try ImageFormat(writtenPath: path)
  guard [.nifti, .nrrd, .meta].contains(format) else { throw .noWriter(path, format) }
  return format
}

private func write(
  _ stored: StoredIntensities, _ geometry: Geometry, _ source: ImageHeader, _ format: ImageFormat,
  to path: String, description: String, threads: Threads
) throws(NNXError) {
  let method = Deflate.Method.zlib(level: 3)
  let parts: (ByteSink) throws(NNXError) -> Void = { (sink) throws(NNXError) in
    try stored.forEachPart(sink)
  }
  var pieces: [[UInt8]] = []
  if format == .meta { pieces = try packZlib(method, threads: threads, parts) }
  let file = try AtomicFile(path, isSealed: ImageMark.isSealed(description))
  switch format {
  case .nifti:
    // Of another byte order there would be nothing gained.
    let own = source.nifti.flatMap { $0.isSwapped ? nil : $0 }
    let header = (own ?? NIfTIHeader(geometry, axes: source.axes))
      .bytesForVoxels(stored.type, description: description)
    if path.lowercased().hasSuffix(".gz") {
      try packGzip(
        header, to: file, method, threads: threads,
        comment: ImageMark.comment(description), parts)
    } else {
      try file.write(header)
      try parts { (part) throws(NNXError) in try file.write(part) }
    }
  case .nrrd:
    let header = source.nrrd ?? NRRDHeader(geometry, axes: source.axes)
    try file.write(
      header.bytes(type: stored.nrrdType, isWide: true, [], description: description))
    try packGzip([], to: file, method, threads: threads, parts)
  default:
    let header = source.meta ?? MetaHeader(geometry, axes: source.axes)
    try file.write(
      header.bytes(
        type: stored.metaType, description: description,
        packedSize: pieces.reduce(0) { $0 + $1.count }))
    for piece in pieces { try file.write(piece) }
  }
  try file.commit()
}
