import CZlib

/// Writes the containers of torch, for tests.
package enum CheckpointBuilder {
  package struct Member {
    package var name: String
    package var content: [UInt8]
    package var isDeflated = false
    /// Overrides what the headers say.
    package var localName: String?
    package var crc: UInt32?
    package var declaredSize: Int?
    package var method: Int?
    package var flags = 0x0808

    package init(name: String, content: [UInt8]) {
      self.name = name
      self.content = content
    }
  }

  /// A v2 checkpoint's pickle with these weights.
  package static func v2(_ weights: [(String, PickleTree)]) -> PickleTree {
    .dictionary([
      (.text("network_weights"), .dictionary(weights.map { (.text($0.0), $0.1) })),
      (.text("init_args"), .dictionary([(.text("configuration"), .text("3d_fullres"))])),
      (.text("trainer_name"), .text("nnUNetTrainer")),
      (.text("inference_allowed_mirroring_axes"), .tuple([.int(0), .int(1), .int(2)])),
    ])
  }

  /// The members of a checkpoint, in the folder `archive`.
  package static func members(_ pickle: [UInt8], _ storages: [(String, [UInt8])]) -> [Member] {
    [Member(name: "archive/data.pkl", content: pickle)]
      + [Member(name: "archive/byteorder", content: Array("little".utf8))]
      + storages.map { Member(name: "archive/data/\($0.0)", content: $0.1) }
      + [Member(name: "archive/version", content: Array("3\n".utf8))]
  }

  /// A zip whose local headers leave the sizes to the directory, as torch writes it.
  package static func zip(_ members: [Member], isZip64: Bool = false) -> [UInt8] {
    var file: [UInt8] = []
    var directory: [UInt8] = []
    func number(_ value: Int, _ size: Int) -> [UInt8] { PickleTree.littleEndian(value, size) }
    for member in members {
      let stored = member.isDeflated ? deflate(member.content) : member.content
      let crc = Int(member.crc ?? checksum(member.content))
      let method = member.method ?? (member.isDeflated ? 8 : 0)
      let name = Array(member.name.utf8)
      let local = file.count
      let localName = Array((member.localName ?? member.name).utf8)
      file += number(0x0403_4B50, 4) + number(20, 2) + number(member.flags, 2) + number(method, 2)
      file += number(0, 16) + number(localName.count, 2) + number(8, 2) + localName
      file += number(0x4246, 2) + number(4, 2) + number(0, 4) + stored
      file += number(0x0807_4B50, 4) + number(crc, 4) + number(stored.count, 4)
      file += number(member.content.count, 4)
      let size = member.declaredSize ?? member.content.count
      let storedSize = method == 0 ? size : stored.count
      let extra =
        isZip64
        ? number(1, 2) + number(24, 2) + number(size, 8) + number(storedSize, 8)
          + number(local, 8) : []
      directory += number(0x0201_4B50, 4) + number(20, 2) + number(20, 2)
      directory += number(member.flags, 2) + number(method, 2) + number(0, 4) + number(crc, 4)
      directory += number(isZip64 ? 0xFFFF_FFFF : storedSize, 4)
      directory += number(isZip64 ? 0xFFFF_FFFF : size, 4) + number(name.count, 2)
      directory += number(extra.count, 2) + number(0, 10)
      directory += number(isZip64 ? 0xFFFF_FFFF : local, 4) + name + extra
    }
    let start = file.count
    file += directory
    if isZip64 {
      let record = file.count
      file += number(0x0606_4B50, 4) + number(44, 8) + number(45, 2) + number(45, 2)
      file += number(0, 8) + number(members.count, 8) + number(members.count, 8)
      file += number(directory.count, 8) + number(start, 8)
      file += number(0x0706_4B50, 4) + number(0, 4) + number(record, 8) + number(1, 4)
    }
    file += number(0x0605_4B50, 4) + number(0, 4)
    file +=
      number(isZip64 ? 0xFFFF : members.count, 2) + number(isZip64 ? 0xFFFF : members.count, 2)
    file += number(isZip64 ? 0xFFFF_FFFF : directory.count, 4)
    file += number(isZip64 ? 0xFFFF_FFFF : start, 4) + number(0, 2)
    return file
  }

  /// The container of torch before 1.6.
  package static func legacy(
    _ pickle: PickleTree, _ storages: [(key: String, count: Int, bytes: [UInt8])]
  ) -> [UInt8] { legacy(pickle.pickled, storages) }

  package static func legacy(
    _ pickle: [UInt8], _ storages: [(key: String, count: Int, bytes: [UInt8])]
  ) -> [UInt8] {
    let magic: [UInt8] = [
      0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, 0x2E,
    ]
    var file = magic + PickleTree.int(1001).pickled
    file += PickleTree.dictionary([(.text("little_endian"), .bool(true))]).pickled
    file += pickle + PickleTree.list(storages.map { .text($0.key) }).pickled
    for storage in storages {
      file += PickleTree.littleEndian(storage.count, 8) + storage.bytes
    }
    return file
  }

  package static func floats(_ values: [Float]) -> [UInt8] {
    values.flatMap { PickleTree.littleEndian($0.bitPattern, 4) }
  }

  package static func checksum(_ bytes: [UInt8]) -> UInt32 {
    UInt32(crc32_z(0, bytes, bytes.count))
  }

  private static func deflate(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(
      &stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + 1024)
    let count = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        stream.next_out = target.baseAddress
        stream.avail_out = UInt32(target.count)
        CZlib.deflate(&stream, Z_FINISH)
        return target.count - Int(stream.avail_out)
      }
    }
    return Array(output.prefix(count))
  }
}
