import CZlib
import Foundation

extension Fixtures {
  /// Unpacks a zip of the fixtures, as Python's zipfile writes them, into a temporary folder.
  ///
  /// For files that the tests trust: it checks next to nothing.
  ///
  /// - Parameter name: path, absolute or below the fixtures.
  public static func unzip(_ name: String) throws -> TemporaryFolder {
    let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let target = try TemporaryFolder()
    func number(_ offset: Int, _ size: Int) -> Int {
      (0..<size).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
    }
    let end = bytes.count - 22
    var entry = number(end + 16, 4)
    for _ in 0..<number(end + 10, 2) {
      let nameLength = number(entry + 28, 2)
      let path = String(decoding: bytes[entry + 46..<entry + 46 + nameLength], as: UTF8.self)
      let local = number(entry + 42, 4)
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      let stored = Array(bytes[start..<start + number(entry + 20, 4)])
      if !path.hasSuffix("/") {
        let content = number(entry + 10, 2) == 0 ? stored : inflate(stored, number(entry + 24, 4))
        try target.write(path, content)
      }
      entry += 46 + nameLength + number(entry + 30, 2) + number(entry + 32, 2)
    }
    return target
  }

  private static func inflate(_ stored: [UInt8], _ size: Int) -> [UInt8] {
    var content = [UInt8](repeating: 0, count: size)
    var input = stored
    var stream = z_stream()
    inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { inflateEnd(&stream) }
    let status = input.withUnsafeMutableBufferPointer { source in
      content.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        return CZlib.inflate(&stream, Z_FINISH)
      }
    }
    precondition(status == Z_STREAM_END, "a damaged fixture")
    return content
  }
}
