import CPNG
import Glibc
import NNXSystem
import NNXTensor

/// A PNG file that was read into memory; through libpng.
///
/// Samples are those of Pillow, through which nnU-Net's NaturalImage2DIO reads: see nnx_png.h.
struct PNGFile {
  let path: String
  private let bytes: [UInt8]
  private let info: nnx_png
  let channels: Int

  var geometry: Geometry { Picture.geometry(width: Int(info.width), height: Int(info.height)) }

  /// Opens the file and judges its header.
  ///
  /// - Throws: `file-not-found`, `unreadable`, `broken-image`, `unsupported-image`, `memory`.
  init(_ path: String) throws(NNXError) {
    let file = try FileReader(path)
    guard file.count > 0 else { throw .cutOff(path, "the file is empty") }
    let bytes = try file.bytes(at: 0, count: file.count)
    guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) else {
      throw FileContents.mismatch(path, Array(bytes.prefix(512)), expected: .png)
    }
    var info = nnx_png()
    guard unsafe nnx_png_info(&info, bytes, bytes.count) == 0 else {
      throw .damaged(path, message(info))
    }
    switch info.color_type {
    case 0: channels = 1
    case 2, 3: channels = 3
    case 6: channels = 4
    default: throw Picture.unsupported(path, "grey with alpha")
    }
    self.path = path
    self.bytes = bytes
    self.info = info
    // A row of pixels in the file, as deflate could hold it: palettes have fewer bits than they give.
    let bits = Int(info.bit_depth) * (info.color_type == 3 ? 1 : channels)
    try checkSize(
      [channels, Int(info.height), Int(info.width)], bytesPerVoxel: 1, beside: isWide ? 2 : 1,
      available: bytes.count * 1032 * max(1, 8 * channels / bits), path: path)
  }

  /// Whether samples have two bytes as they are read.
  private var isWide: Bool { channels == 1 && info.bit_depth == 16 }

  /// All channels.
  ///
  /// - Throws: `broken-image`.
  func images() throws(NNXError) -> [Image] {
    let (width, height) = (Int(info.width), Int(info.height))
    let rowLength = width * channels * (isWide ? 2 : 1)
    var pixels = [UInt8](repeating: 0, count: rowLength * height)
    var state = info
    guard unsafe nnx_png_read(&state, bytes, bytes.count, &pixels, rowLength) == 0 else {
      throw .damaged(path, message(state))
    }
    return Picture.images(channels: channels, width: width, height: height) { index in
      isWide
        ? Float(Int(pixels[2 * index]) | Int(pixels[2 * index + 1]) << 8) : Float(pixels[index])
    }
  }
}

/// The bytes of a picture with one sample per pixel (grey) or three (RGB).
///
/// - Parameters:
///   - pixels: rows from the top; 16-bit samples least byte first.
///   - bits: of a sample, 8 or 16.
package func pngBytes(
  _ pixels: [UInt8], width: Int, height: Int, channels: Int, bits: Int
) -> [UInt8] {
  precondition(pixels.count == width * height * channels * bits / 8)
  var state = nnx_png()
  state.width = UInt32(width)
  state.height = UInt32(height)
  state.bit_depth = Int32(bits)
  var out = unsafe nnx_bytes()
  let status = unsafe nnx_png_write(&state, pixels, Int32(channels), &out)
  defer { unsafe free(out.bytes) }
  precondition(status == 0, "libpng cannot write: \(message(state))")
  return unsafe Array(UnsafeBufferPointer(start: out.bytes, count: out.count))
}

private func message(_ state: nnx_png) -> String {
  unsafe withUnsafeBytes(of: state.message) { bytes in
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
