import NNXSystem

extension Picture {
  /// Writes labels as grey levels: a picture, or a stack of pages in TIFF.
  ///
  /// - Throws: `unsupported-image` when the labels do not fit the format; `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  static func write(
    _ segmentation: Segmentation, _ format: ImageFormat, to path: String
  ) throws(NNXError) {
    let labels = segmentation.labels
    let (pages, height, width) = (labels.shape[0], labels.shape[1], labels.shape[2])
    guard format != .bmp || !labels.isWide else {
      throw NNXError(
        .unsupportedImage, "\(path) cannot hold more than 255 labels",
        fixes: ["Write PNG or TIFF"])
    }
    let bits = 8 * labels.size
    let bytes =
      switch format {
      case .png: pngBytes(labels.bytes, width: width, height: height, channels: 1, bits: bits)
      case .bmp: BMPFile.encoded(labels.bytes, width: width, height: height)
      default:
        TIFFFile.encoded(labels.bytes, pages: pages, height: height, width: width, bits: bits)
      }
    try AtomicFile.write(bytes, to: path)
  }
}
