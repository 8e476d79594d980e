import CZlib
import NNXSystem

/// Reads arrays that NumPy saved, for tests.
///
/// `.npy` version 1 to 3 and `.npz`, C order, little-endian; see
/// https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
public enum NPY {
  public struct Failure: Error {
    public let reason: String
  }

  /// The array in the file at `path`; every numeric type becomes float32.
  public static func read(_ path: String) throws -> (shape: [Int], values: [Float]) {
    let array = try Array(bytes: bytes(of: path))
    return (array.shape, try array.values(Float.self))
  }

  /// The array in the file at `path` as doubles.
  public static func readDoubles(_ path: String) throws -> (shape: [Int], values: [Double]) {
    let array = try Array(bytes: bytes(of: path))
    return (array.shape, try array.values(Double.self))
  }

  /// The array called `key` in the `.npz` file at `path`, as float32.
  public static func read(
    _ path: String, key: String
  ) throws -> (shape: [Int], values: [Float]) {
    let members = try zipMembers(bytes(of: path))
    guard let member = members[key + ".npy"] else {
      throw Failure(reason: "\(path) has no array '\(key)', only \(members.keys.sorted())")
    }
    let array = try Array(bytes: member)
    return (array.shape, try array.values(Float.self))
  }

  /// All arrays in the `.npz` file at `path` by name, as float32.
  public static func readAll(
    _ path: String
  ) throws -> [String: (shape: [Int], values: [Float])] {
    var arrays: [String: (shape: [Int], values: [Float])] = [:]
    for (name, member) in try zipMembers(bytes(of: path)) {
      let array = try Array(bytes: member)
      arrays[String(name.dropLast(4))] = (array.shape, try array.values(Float.self))
    }
    return arrays
  }

  /// The names of the arrays in the `.npz` file at `path`, sorted.
  public static func keys(_ path: String) throws -> [String] {
    try zipMembers(bytes(of: path)).keys.map { String($0.dropLast(4)) }.sorted()
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    try MappedFile(path).withBytes { span in span.withUnsafeBytes { [UInt8]($0) } }
  }
}

extension NPY {
  /// One array as it lies in the file.
  struct Array {
    let type: String
    let shape: [Int]
    let data: ArraySlice<UInt8>

    init(bytes: [UInt8]) throws {
      guard bytes.starts(with: [0x93] + "NUMPY".utf8), bytes.count > 12 else {
        throw Failure(reason: "not an .npy file")
      }
      let wide = bytes[6] > 1
      let length = wide ? Int(littleEndian(bytes, 8, 4)) : Int(littleEndian(bytes, 8, 2))
      let start = (wide ? 12 : 10) + length
      let header = String(decoding: bytes[(start - length)..<start], as: UTF8.self)
      guard let type = header.firstMatch(of: /'descr': *'([^']*)'/)?.1,
        let shape = header.firstMatch(of: /'shape': *\(([^)]*)\)/)?.1,
        header.contains(/'fortran_order': *False/)
      else { throw Failure(reason: "an .npy header this reader does not know: \(header)") }
      self.type = String(type)
      self.shape = shape.split(separator: ",").compactMap { part in
        Int(part.filter { !$0.isWhitespace })
      }
      data = bytes[start...]
    }

    func values<Value: BinaryFloatingPoint>(_: Value.Type) throws -> [Value] {
      switch type {
      case "<f8": load(Double.self) { Value($0) }
      case "<f4": load(Float.self) { Value($0) }
      case "<f2": load(Float16.self) { Value($0) }
      case "|u1", "|b1": load(UInt8.self) { Value($0) }
      case "|i1": load(Int8.self) { Value($0) }
      case "<u2": load(UInt16.self) { Value($0) }
      case "<i2": load(Int16.self) { Value($0) }
      case "<u4": load(UInt32.self) { Value($0) }
      case "<i4": load(Int32.self) { Value($0) }
      case "<i8": load(Int64.self) { Value($0) }
      default: throw Failure(reason: "an .npy type this reader does not know: \(type)")
      }
    }

    private func load<Stored: BitwiseCopyable, Value>(
      _: Stored.Type, _ convert: (Stored) -> Value
    ) -> [Value] {
      let count = shape.reduce(1, *)
      return data.withUnsafeBytes { bytes in
        precondition(bytes.count == count * MemoryLayout<Stored>.size, "the .npy data is cut off")
        return (0..<count).map {
          convert(
            bytes.loadUnaligned(
              fromByteOffset: $0 * MemoryLayout<Stored>.size, as: Stored.self))
        }
      }
    }
  }

  /// The members of a zip archive, unpacked, by name.
  private static func zipMembers(_ bytes: [UInt8]) throws -> [String: [UInt8]] {
    let marks = Swift.stride(from: bytes.count - 22, through: 0, by: -1)
    guard let end = marks.first(where: { littleEndian(bytes, $0, 4) == 0x0605_4b50 }) else {
      throw Failure(reason: "not a zip archive")
    }
    var members: [String: [UInt8]] = [:]
    var entry = Int(littleEndian(bytes, end + 16, 4))
    if entry == 0xFFFF_FFFF {
      // zip64: a locator before the end tells where a larger end is.
      entry = Int(littleEndian(bytes, Int(littleEndian(bytes, end - 12, 4)) + 48, 4))
    }
    for _ in 0..<littleEndian(bytes, end + 10, 2) {
      let method = littleEndian(bytes, entry + 10, 2)
      var packed = Int(littleEndian(bytes, entry + 20, 4))
      var size = Int(littleEndian(bytes, entry + 24, 4))
      let lengths = [28, 30, 32].map { Int(littleEndian(bytes, entry + $0, 2)) }
      let local = Int(littleEndian(bytes, entry + 42, 4))
      let name = String(decoding: bytes[(entry + 46)..<(entry + 46 + lengths[0])], as: UTF8.self)
      if packed == 0xFFFF_FFFF, size == 0xFFFF_FFFF {
        // zip64: an extra field holds both sizes.
        let extra = entry + 46 + lengths[0]
        size = Int(littleEndian(bytes, extra + 4, 4)) | Int(littleEndian(bytes, extra + 8, 4)) << 32
        packed =
          Int(littleEndian(bytes, extra + 12, 4)) | Int(littleEndian(bytes, extra + 16, 4)) << 32
      }
      let start =
        local + 30 + Int(littleEndian(bytes, local + 26, 2))
        + Int(littleEndian(bytes, local + 28, 2))
      let data = bytes[start..<(start + packed)]
      members[name] = method == 0 ? [UInt8](data) : try inflated(data, size: size)
      entry += 46 + lengths.reduce(0, +)
    }
    return members
  }

  private static func inflated(_ data: ArraySlice<UInt8>, size: Int) throws -> [UInt8] {
    var output = [UInt8](repeating: 0, count: size)
    var input = [UInt8](data)
    var stream = z_stream()
    inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { inflateEnd(&stream) }
    let status = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        return inflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else { throw Failure(reason: "a broken zip member") }
    return output
  }
}

private func littleEndian(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt32 {
  (0..<count).reversed().reduce(0) { $0 << 8 | UInt32(bytes[offset + $1]) }
}
