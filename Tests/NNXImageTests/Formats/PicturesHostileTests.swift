import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Wrong and hostile pictures: refused with an error about input, and nothing else.
@Suite struct PicturesHostileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// One file of each kind and packing.
  static let seeds = PicturesReadingTests.cases.filter { item in
    [
      "PNG, grey", "PNG, palette", "PNG, interlaced", "BMP, RGB", "BMP, 1 bit",
      "TIF, type u2 big-endian", "TIF, tiles of RGB, packed", "TIF, packed with lzw",
      "TIF, strips", "TIF, pages, as a volume", "TIF, BigTIFF", "TIF, packed with zstd",
    ].contains(item.testDescription)
  }

  @Test func seedsAreThere() { #expect(Self.seeds.count == 12) }

  @Test(arguments: seeds)
  func refusesEveryTruncation(_ item: PicturesReadingTests.Case) throws {
    let good = try readImages(item.file.write(to: folder), as: item.reader)
    let (name, bytes) = item.file.files[0]
    for count in bytes.indices {
      let path = try folder.write(name, Array(bytes[..<count]))
      switch Result(catching: { () throws(NNXError) in try readImages(path, as: item.reader) }) {
      case .success(let images):
        // What comes last in a TIFF may be padding that nothing refers to.
        #expect(
          name.hasSuffix(".tif") && images.map(\.voxels.values) == good.map(\.voxels.values),
          "\(count) of \(bytes.count) bytes")
      case .failure(let error):
        #expect(error.code.status == .data, "\(count) bytes: \(error.message)")
      }
    }
  }

  /// No changed byte ends the process or takes more memory than the file can fill.
  @Test(arguments: seeds)
  func survivesEveryChangedByte(_ item: PicturesReadingTests.Case) throws {
    let (name, bytes) = item.file.files[0]
    let most = 64 * 16384 * bytes.count
    for index in bytes.indices.prefix(1200) {
      for value in [bytes[index] ^ 0x80, bytes[index] &+ 1, 0xFF, 0] {
        var changed = bytes
        changed[index] = value
        let path = try folder.write(name, changed)
        switch Result(catching: { () throws(NNXError) in try readImages(path, as: item.reader) }) {
        case .success(let images): #expect(images.count * images[0].voxels.count <= most)
        case .failure(let error): #expect([.data, .memory].contains(error.code.status))
        }
      }
    }
  }

  /// A few bytes that claim 2 000 000 000 x 2 000 000 000 pixels.
  @Test func refusesGiants() throws {
    for item in Self.seeds where !item.testDescription.hasPrefix("TIF") {
      let (name, bytes) = item.file.files[0]
      var changed = bytes
      let offset = name.hasSuffix(".png") ? 16 : 18
      changed.replaceSubrange(
        offset..<(offset + 8), with: [0x7F, 0x35, 0x94, 0x70, 0x7F, 0x35, 0x94, 0x70])
      let path = try folder.write(name, changed)
      let error = #expect(throws: NNXError.self) { try readImages(path, as: item.reader).count }
      #expect(error?.code.status == .data)
    }
  }

  /// libpng clears as much memory as a chunk claims to be long before it reads a byte of it.
  @Test(arguments: [0, 1, 3, 4, 5])
  func refusesChunksBeyondTheFile(_ rest: Int) throws {
    let item = try #require(Self.seeds.first { $0.testDescription == "PNG, grey" })
    let (name, bytes) = item.file.files[0]
    let chunk = [0x7F, 0xFF, 0xFF, 0xFF] + Array("tEXt".utf8)
    let path = try folder.write(
      name, bytes.dropLast(12) + chunk + [UInt8](repeating: 65, count: rest))
    let before = try #require(ProcessFacts.peakMemory)
    let error = #expect(throws: NNXError.self) { try readImages(path, as: item.reader).count }
    #expect(error?.code.status == .data)
    #expect(try #require(ProcessFacts.peakMemory) < before + 1 << 30)
  }

  @Test(arguments: ["a.png", "a.bmp", "a.tif"])
  func refusesOtherFiles(_ name: String) throws {
    for bytes in [[], Array("hello".utf8), [UInt8](repeating: 0, count: 100)] {
      let path = try folder.write(name, bytes)
      let error = #expect(throws: NNXError.self) { try readImage(path).geometry }
      #expect(error?.code.status == .data)
      #expect(error?.message.contains(path) == true)
    }
    let error = #expect(throws: NNXError.self) { try readImage(folder.path + "/none" + name) }
    #expect(error?.code == .fileNotFound)
  }

  /// nnU-Net's reader for pictures has no number of channels for these.
  @Test func refusesStacksAsPictures() throws {
    let item = try #require(
      PicturesReadingTests.cases.first { $0.testDescription == "TIF, pages, as a volume" })
    let path = try item.file.write(to: folder)
    let error = #expect(throws: NNXError.self) { try readImages(path, as: .naturalImage).count }
    #expect(error?.code == .unsupportedImage)
    let colour = try #require(
      PicturesReadingTests.cases.first { $0.testDescription == "TIF, RGB" })
    let other = #expect(throws: NNXError.self) {
      try readImages(colour.file.write(to: folder), as: .tiffVolume).count
    }
    #expect(other?.code == .unsupportedImage)
  }
}
