import CZlib

/// Writes zip files for tests: honest ones, and ones that lie in any field.
public struct ZipBuilder: Sendable {
  /// One entry; every field that a writer could falsify can be set.
  public struct Entry: Sendable {
    public var name: [UInt8]
    public var data: [UInt8]
    public var isDeflated: Bool
    public var flags: UInt16 = 0
    public var localFlags: UInt16?
    /// Unix mode; the upper half of the external attributes.
    public var mode: UInt16 = 0o100644
    public var madeBy: UInt8 = 3
    public var method: UInt16?
    public var localName: [UInt8]?
    public var localMethod: UInt16?
    public var crc: UInt32?
    public var localCRC: UInt32?
    public var size: UInt32?
    public var localSize: UInt32?
    public var compressedSize: UInt32?
    public var localCompressedSize: UInt32?
    public var offset: UInt32?
    public var extra: [UInt8] = []
    public var localExtra: [UInt8] = []
    public var disk: UInt16 = 0
    /// Bytes after the data, where a data descriptor would be.
    public var after: [UInt8] = []

    public init(_ name: String, _ data: [UInt8] = [], deflated: Bool = false) {
      self.name = Array(name.utf8)
      self.data = data
      isDeflated = deflated
      if name.hasSuffix("/") { mode = 0o040755 }
    }

    public init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }

    /// The same entry after a change.
    public func with(_ change: (inout Entry) -> Void) -> Entry {
      var entry = self
      change(&entry)
      return entry
    }
  }

  public var entries: [Entry]
  /// Before the first entry.
  public var prefix: [UInt8] = []
  /// Between the directory and the end record.
  public var gap: [UInt8] = []
  public var comment: [UInt8] = []
  /// After the end record.
  public var suffix: [UInt8] = []
  public var entryCount: UInt16?
  public var directorySize: UInt32?
  public var directoryOffset: UInt32?
  /// Adds a ZIP64 end record and its locator.
  public var isZip64 = false
  public var zip64Count: UInt64?
  public var zip64DirectorySize: UInt64?
  public var zip64DirectoryOffset: UInt64?
  public var zip64RecordLength: UInt64 = 44
  public var zip64LocatorOffset: UInt64?
  /// Takes the place of everything before the directory; the entries must say where they lie in it.
  public var laidOut: [UInt8]?
  public var diskNumber: UInt16 = 0

  public init(_ entries: [Entry]) { self.entries = entries }

  public func with(_ change: (inout ZipBuilder) -> Void) -> ZipBuilder {
    var builder = self
    change(&builder)
    return builder
  }

  /// The bytes of the file.
  public func build() -> [UInt8] {
    var output = prefix
    var directory: [UInt8] = []
    for entry in entries {
      let offset = entry.offset ?? UInt32(output.count)
      output += entry.localHeader + entry.packed + entry.after
      directory += entry.directoryRecord(offset)
    }
    if let laidOut { output = prefix + laidOut }
    let start = output.count
    output += directory + gap
    if isZip64 {
      let end = UInt64(output.count)
      let count = zip64Count ?? UInt64(entries.count)
      output += u32(0x0606_4B50) + u64(zip64RecordLength) + u16(45) + u16(45) + u32(0) + u32(0)
      output += u64(count) + u64(count) + u64(zip64DirectorySize ?? UInt64(directory.count))
      output += u64(zip64DirectoryOffset ?? UInt64(start))
      output += u32(0x0706_4B50) + u32(0) + u64(zip64LocatorOffset ?? end) + u32(1)
    }
    let count = entryCount ?? UInt16(entries.count)
    output += u32(0x0605_4B50) + u16(diskNumber) + u16(0) + u16(count) + u16(count)
    output += u32(directorySize ?? UInt32(directory.count)) + u32(directoryOffset ?? UInt32(start))
    output += u16(UInt16(comment.count)) + comment + suffix
    return output
  }
}

extension ZipBuilder.Entry {
  fileprivate var packed: [UInt8] { isDeflated ? deflated(data) : data }

  private var statedMethod: UInt16 { method ?? (isDeflated ? 8 : 0) }

  private var numbers: (crc: UInt32, size: UInt32, compressed: UInt32) {
    (
      crc ?? checksum(data), size ?? UInt32(data.count), compressedSize ?? UInt32(packed.count)
    )
  }

  /// The header in front of the data.
  var localHeader: [UInt8] {
    let localName = localName ?? name
    let numbers = numbers
    var bytes = u32(0x0403_4B50) + u16(20) + u16(localFlags ?? flags)
    bytes += u16(localMethod ?? statedMethod) + u32(0) + u32(localCRC ?? numbers.crc)
    bytes += u32(localCompressedSize ?? numbers.compressed) + u32(localSize ?? numbers.size)
    bytes += u16(UInt16(localName.count)) + u16(UInt16(localExtra.count))
    return bytes + localName + localExtra
  }

  fileprivate func directoryRecord(_ offset: UInt32) -> [UInt8] {
    let numbers = numbers
    var bytes = u32(0x0201_4B50) + [20, madeBy] + u16(20) + u16(flags) + u16(statedMethod)
    bytes += u32(0) + u32(numbers.crc) + u32(numbers.compressed) + u32(numbers.size)
    bytes += u16(UInt16(name.count)) + u16(UInt16(extra.count)) + u16(0)
    bytes += u16(disk) + u16(0) + u32(UInt32(mode) << 16) + u32(offset)
    return bytes + name + extra
  }
}

/// A 64-bit extra field of sizes.
public func zip64Extra(_ values: UInt64...) -> [UInt8] {
  u16(1) + u16(UInt16(values.count * 8)) + values.flatMap(u64)
}

private func u16(_ value: UInt16) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8)] }
private func u32(_ value: UInt32) -> [UInt8] {
  u16(UInt16(value & 0xFFFF)) + u16(UInt16(value >> 16))
}
private func u64(_ value: UInt64) -> [UInt8] {
  u32(UInt32(value & 0xFFFF_FFFF)) + u32(UInt32(value >> 32))
}

/// CRC-32 as zip files use it.
public func checksum(_ bytes: [UInt8]) -> UInt32 {
  UInt32(crc32(0, bytes, UInt32(bytes.count)))
}

/// A raw deflate stream, without zlib's header.
public func deflated(_ bytes: [UInt8]) -> [UInt8] {
  var stream = z_stream()
  let size = Int32(MemoryLayout<z_stream>.size)
  precondition(
    deflateInit2_(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK)
  defer { deflateEnd(&stream) }
  var input = bytes
  var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))) + 16)
  let capacity = output.count
  let code = input.withUnsafeMutableBufferPointer { source in
    output.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(capacity)
      return deflate(&stream, Z_FINISH)
    }
  }
  precondition(code == Z_STREAM_END)
  return Array(output.prefix(Int(stream.total_out)))
}
