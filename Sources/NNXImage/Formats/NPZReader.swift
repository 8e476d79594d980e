import NNXArchive
import NNXSystem
import NNXTensor

/// An `.npz` file of NumPy, whose arrays of real numbers are read one by one.
///
/// Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
package struct NPZReader {
  private let zip: MappedZip
  private let refuse: @Sendable (_ reason: String) -> NNXError

  /// Reads the directory.
  ///
  /// - Parameter refuse: makes the error for a file that is damaged or none of NumPy's.
  /// - Throws: `file-not-found`, `unreadable`, and what `refuse` makes.
  package init(
    _ path: String, _ refuse: @escaping @Sendable (_ reason: String) -> NNXError
  ) throws(NNXError) {
    zip = try MappedZip(
      try MappedFile(path), ZipRules { _, _ in refuse("the zip is damaged") })
    self.refuse = refuse
  }

  /// The array of that name in C order; `nil` when there is none.
  ///
  /// - Parameters:
  ///   - key: its name, such as `probabilities`.
  ///   - axes: what the axes are called; there must be as many.
  /// - Throws: what `refuse` makes.
  package func array(_ key: String, axes: [String]) throws(NNXError) -> Tensor? {
    guard let entry = zip.entries.first(where: { $0.path == "\(key).npy" }) else { return nil }
    return try zip.withContent(of: entry) { (bytes) throws(NNXError) in try array(bytes, axes) }
  }

  private func array(_ bytes: RawSpan, _ axes: [String]) throws(NNXError) -> Tensor {
    guard bytes.byteCount > 12, bytes.copy(0..<6) == [0x93] + Array("NUMPY".utf8) else {
      throw refuse("its array is none of NumPy's")
    }
    let isLong = bytes.byte(at: 6) > 1
    let start = isLong ? 12 : 10
    let length =
      isLong
      ? Int(bytes.littleEndian(UInt32.self, at: 8)) : Int(bytes.littleEndian(UInt16.self, at: 8))
    guard length <= bytes.byteCount - start else { throw refuse("its header is cut off") }
    let header = String(decoding: bytes.copy(start..<start + length), as: UTF8.self)
    guard header.contains("'fortran_order': False"),
      let shape = NPZReader.value("shape", in: header, from: "(", to: ")"),
      shape.utf8.allSatisfy({ "0123456789, ".utf8.contains($0) }),
      let type = NPZReader.value("descr", in: header, from: "'", to: "'")
    else { throw refuse("its header is of another kind") }
    let extents = shape.split(separator: ",").compactMap { Int($0.filter { $0 != " " }) }
    guard extents.count == axes.count, extents.allSatisfy({ (1...1 << 20).contains($0) }) else {
      throw refuse(
        "its shape is (\(String(shape).excerpt)) and not (\(axes.joined(separator: ", ")))")
    }
    let content = bytes.extracting((start + length)..<bytes.byteCount)
    switch type {
    case "<f4": return try values(content, extents, 4) { Float(bitPattern: $0) }
    case "<f2":
      return try values(content, extents, 2) { (bits: UInt16) in Float(Float16(bitPattern: bits)) }
    default: throw refuse("its numbers are of type \(type)")
    }
  }

  /// What stands between two marks after a key of the header, which is a dictionary as Python writes it.
  private static func value(
    _ key: String, in header: String, from opening: Character, to closing: Character
  ) -> Substring? {
    guard let name = header.firstPlace(of: "'\(key)':") else { return nil }
    let rest = header[name.upperBound...].drop { $0 == " " }
    guard rest.first == opening, let end = rest.dropFirst().firstIndex(of: closing) else {
      return nil
    }
    return rest[..<end].dropFirst()
  }

  private func values<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: RawSpan, _ shape: [Int], _ size: Int, _ value: (Bits) -> Float
  ) throws(NNXError) -> Tensor {
    guard let count = shape.product, (shape + [size]).product == bytes.byteCount else {
      throw refuse("it has \(bytes.byteCount) bytes for a shape of \(shape)")
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
