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
  let format = try ImageFormat(writtenPath: path)
  guard [.nifti, .nrrd, .meta].contains(format) else { throw .noWriter(path, format) }
  let stored = StoredIntensities(image.voxels, bounds: image.bounds, threads: threads)
  let (geometry, source) = (image.fileGeometry, image.header)
  let level: Int32 = 3
  let parts: (ByteSink) throws(NNXError) -> Void = { (sink) throws(NNXError) in
    try stored.forEachPart(sink)
  }
  var pieces: [[UInt8]] = []
  if format == .meta { pieces = try packZlib(level: level, threads: threads, parts) }
  let file = try AtomicFile(path)
  switch format {
  case .nifti:
    // Of another byte order there would be nothing gained.
    let own = source.nifti.flatMap { $0.isSwapped ? nil : $0 }
    let header = (own ?? NIfTIHeader(geometry, axes: source.axes))
      .bytesForVoxels(stored.type, description: description)
    if path.lowercased().hasSuffix(".gz") {
      try packGzip(header, to: file, level: level, threads: threads, parts)
    } else {
      try file.write(header)
      try parts { (part) throws(NNXError) in try file.write(part) }
    }
  case .nrrd:
    let header = source.nrrd ?? NRRDHeader(geometry, axes: source.axes)
    try file.write(
      header.bytes(type: stored.nrrdType, isWide: true, [], description: description))
    try packGzip([], to: file, level: level, threads: threads, parts)
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
