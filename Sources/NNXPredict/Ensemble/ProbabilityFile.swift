import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// Reads the probabilities that nnU-Net or nnx left beside a segmentation: NumPy's `.npz` with one array.
///
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package enum ProbabilityFile {
  /// v2's name of the array, and v1's.
  private static let keys = ["probabilities.npy", "softmax.npy"]

  /// Of names: nnx's own, and nnU-Net's.
  static let endings = [ResultFile.probabilities.path(of: ""), ".npz"]

  package struct Content {
    /// `(classes, z, y, x)`.
    package var values: Tensor
    /// Whether v1 wrote them: for the cropped image, as float16.
    package var isOld: Bool
  }

  /// - Throws: `file-not-found`, `unreadable`; `broken-probabilities`.
  package static func read(_ path: String) throws(NNXError) -> Content {
    let file = try MappedFile(path)
    return try file.withBytes { (bytes) throws(NNXError) in
      do throws(NNXError) {
        let zip = try TorchZip(flat: bytes, source: path)
        guard let key = keys.first(where: { zip.members[$0] != nil }), let member = zip.members[key]
        else { throw failure(path, "it has no array called 'probabilities'") }
        let values = try zip.withContent(of: member, in: bytes) { (content) throws(NNXError) in
          try array(content, path)
        }
        return Content(values: values, isOld: key == "softmax.npy")
      } catch {
        throw error.code == .invalidCheckpoint ? failure(path, "the zip is damaged") : error
      }
    }
  }

  private static func failure(_ path: String, _ reason: String) -> NNXError {
    NNXError(
      .brokenProbabilities, "\(path) holds no probabilities: \(reason)",
      fixes: ["Predict the case again with --save-probabilities"])
  }

  private static func array(_ bytes: RawSpan, _ path: String) throws(NNXError) -> Tensor {
    guard bytes.byteCount > 12, bytes.copy(0..<6) == [0x93] + Array("NUMPY".utf8) else {
      throw failure(path, "its array is none of NumPy's")
    }
    let isLong = bytes.byte(at: 6) > 1
    let start = isLong ? 12 : 10
    let length =
      isLong
      ? Int(bytes.littleEndian(UInt32.self, at: 8)) : Int(bytes.littleEndian(UInt16.self, at: 8))
    guard length <= bytes.byteCount - start else { throw failure(path, "its header is cut off") }
    let header = String(decoding: bytes.copy(start..<start + length), as: UTF8.self)
    guard header.contains("'fortran_order': False"),
      let shape = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)?.1,
      let type = header.firstMatch(of: /'descr': *'([^']*)'/)?.1
    else { throw failure(path, "its header is of another kind") }
    let extents = shape.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    guard extents.count == 4, extents.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw failure(path, "its shape is (\(String(shape).excerpt)) and not (classes, z, y, x)")
    }
    let content = bytes.extracting((start + length)..<bytes.byteCount)
    switch type {
    case "<f4": return try values(content, extents, path, 4) { Float(bitPattern: $0) }
    case "<f2":
      return try values(content, extents, path, 2) { (bits: UInt16) in
        Float(Float16(bitPattern: bits))
      }
    default: throw failure(path, "its numbers are of type \(type)")
    }
  }

  private static func values<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _ shape: [Int], _ path: String, _ size: Int, _ value: (Bits) -> Float
  ) throws(NNXError) -> Tensor {
    guard let count = shape.product, (shape + [size]).product == bytes.byteCount else {
      throw failure(path, "it has \(bytes.byteCount) bytes for a shape of \(shape)")
    }
    let result = Tensor(shape)
    result.withMutableSpan { target in
      for index in 0..<count {
        target[index] = value(bytes.littleEndian(Bits.self, at: index * size))
      }
    }
    return result
  }
}

extension NNXError.Code {
  package static let brokenProbabilities = NNXError.Code("broken-probabilities", .data)
}
