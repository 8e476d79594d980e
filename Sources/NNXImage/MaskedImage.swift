import NNXArchive
import NNXSystem
import NNXTensor

/// The image that a segmentation was made of, with 0 wherever that has background, as a packed NIfTI file by ITK.
///
/// The voxels are ITK's: of the type they are stored in, but float32 where whole numbers were scaled; values that are
/// no numbers are 0. Those inside keep their bits.
///
/// - Parameters:
///   - path: of the image; DICOM as dcm2niix has it.
///   - segmentation: on the image's grid.
/// - Returns: the bytes of a `.nii.gz`.
/// - Throws: what reading throws; `geometry` when the two have different grids.
package func maskedImage(
  _ path: String, by segmentation: String, threads: Threads = .all
) throws(NNXError) -> [UInt8] {
  let images = try readImages(path, as: .simpleITK, nonFinite: .asTheReader, keepsExact: true)
  let labels = try readSegmentation(segmentation).labels
  let image = images[0]
  guard images.count == 1, labels.shape == image.geometry.shape else {
    throw NNXError(
      .geometry, "\(segmentation) does not lie on the grid of \(path)",
      fixes: ["Give a grey image, and the segmentation that was made of it"])
  }
  let type = image.storedType ?? StoredIntensities(image.voxels).type
  let header = NIfTIHeader.itkFile(image.geometry, axes: image.header.axes, type)
  var bytes: [UInt8] = []
  try packGzip(
    header, .zlib(level: 3), threads: threads,
    to: { (part) throws(NNXError) in bytes += part },
    { (sink) throws(NNXError) in
      try MaskedVoxels(image: image, labels: labels).forEachPart(type, sink)
    })
  return bytes
}

/// Voxels of an image inside of labels, 0 outside.
private struct MaskedVoxels {
  let image: Image
  let labels: LabelMap

  private static let part = 1 << 18

  /// Hands out all voxels as bytes of a type, least byte first, part by part.
  func forEachPart(_ type: VoxelType, _ body: ByteSink) throws(NNXError) {
    switch type {
    case .uint8: try convert(body, 0) { UInt8(clamping: Int64($0)) }
    case .int8: try convert(body, 0) { Int8(clamping: Int64($0)) }
    case .uint16: try convert(body, 0) { UInt16(clamping: Int64($0)) }
    case .int16: try convert(body, 0) { Int16(clamping: Int64($0)) }
    case .uint32: try convert(body, 0) { UInt32(clamping: Int64($0)) }
    case .int32: try convert(body, 0) { Int32(clamping: Int64($0)) }
    case .int64: try convert(body, 0) { Int64(exactly: $0) ?? .max }
    case .uint64: try convert(body, 0) { UInt64(exactly: $0) ?? .max }
    case .float32: try convert(body, 0) { Float($0) }
    case .float64: try convert(body, 0) { $0 }
    }
  }

  private func convert<Stored: BitwiseCopyable>(
    _ body: ByteSink, _ zero: Stored, _ store: (Double) -> Stored
  ) throws(NNXError) {
    let voxels = ZoomSource(image.voxels, exact: image.exact)
    for start in stride(from: 0, to: labels.count, by: Self.part) {
      let count = min(Self.part, labels.count - start)
      let stored = (start..<start + count).map { labels[$0] == 0 ? zero : store(voxels[$0]) }
      try stored.span.withRawSpan(body)
    }
  }
}
