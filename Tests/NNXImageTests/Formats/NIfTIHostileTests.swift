import Glibc
import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

@Suite struct NIfTIHostileTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let name: String
    let bytes: [UInt8]
    let code: NNXError.Code

    init(
      _ description: String, _ code: NNXError.Code = .brokenImage, name: String = "a.nii",
      _ change: (inout NIfTIBuilder) -> Void
    ) {
      var builder = NIfTIBuilder()
      change(&builder)
      self.init(description, code, name: name, bytes: builder.file)
    }

    init(
      _ description: String, _ code: NNXError.Code = .brokenImage, name: String = "a.nii",
      bytes: [UInt8]
    ) {
      testDescription = description
      self.code = code
      self.name = name
      self.bytes = bytes
    }
  }

  static let ok = NIfTIBuilder().file
  static let packed = gzipped(ok)
  static let nan = Double.nan
  static let headers: [Case] = [
    Case("extents of 32767") { $0.dim = [3, 32767, 32767, 32767, 1, 1, 1, 1] },
    Case("seven extents of 32767", .unsupportedImage) {
      $0.dim = [7] + .init(repeating: 32767, count: 7)
    },
    Case("a negative extent") { $0.dim[1] = -4 },
    Case("an extent of 0") { $0.dim[2] = 0 },
    Case("no axes") { $0.dim[0] = 0 },
    Case("eight axes") { $0.dim[0] = 8 },
    Case("minus one axis") { $0.dim[0] = -1 },
    Case("one axis", .unsupportedImage) { $0.dim = [1, 64, 1, 1, 1, 1, 1, 1] },
    Case("two volumes", .unsupportedImage) { $0.dim = [4, 4, 4, 2, 2, 1, 1, 1] },
    Case("voxels before the file") { $0.dataOffset = -5000 },
    Case("voxels behind the file") { $0.dataOffset = 1e9 },
    Case("voxels inside of the header") { $0.dataOffset = 100 },
    Case("voxels at byte 0") { $0.dataOffset = 0 },
    Case("voxels at a broken byte") { $0.dataOffset = 352.5 },
    Case("voxels at NaN") { $0.dataOffset = nan },
    Case("voxels at infinity") { $0.dataOffset = .infinity },
    Case("spacing NaN") { $0.pixdim[1] = nan },
    Case("spacing infinite") { $0.pixdim[3] = .infinity },
    Case("spacing 0") { $0.pixdim[2] = 0 },
    Case("spacing 1e-30") { $0.pixdim[1] = 1e-30 },
    Case("a datatype that does not exist") { $0.datatype = 9999 },
    Case("datatype 0") { $0.datatype = 0 },
    Case("one bit a voxel", .unsupportedImage) { $0.datatype = 1 },
    Case("colours", .unsupportedImage) { $0.datatype = 128 },
    Case("complex numbers", .unsupportedImage) { $0.datatype = 32 },
    Case("float128", .unsupportedImage) { $0.datatype = 1536 },
    Case("a larger type than the voxels have") { $0.datatype = 64 },
    Case("a smaller type than the voxels have") { $0.datatype = 2 },
    Case("a wrong magic") { $0.magic = Array("XXXX".utf8) },
    Case("a pair of files", .unsupportedImage) { $0.magic = Array("ni1\0".utf8) },
    Case("s-form of zeros alone", .geometry) {
      $0.qformCode = 0
      $0.rows = .init(repeating: [0, 0, 0, 0], count: 3)
    },
    Case("s-form with NaN alone", .geometry) {
      $0.qformCode = 0
      $0.rows[0][0] = nan
    },
    Case("q-form with NaN alone", .geometry) {
      $0.sformCode = 0
      $0.quaternion[0] = nan
    },
    Case("NIfTI-2 with a wrong magic") {
      $0.version = .two
      $0.magic = Array("n+2\0\n\n\n\n".utf8)
    },
    Case("NIfTI-2 with extents of 2^40") {
      $0.version = .two
      $0.dim = [3, 1 << 40, 1 << 40, 1 << 40, 1, 1, 1, 1]
    },
    Case("extensions longer than the file") {
      $0.extensions = [1, 0, 0, 0]
      $0.dataOffset = 4000
    },
  ]
  static let files: [Case] = [
    Case("an empty file", bytes: []),
    Case("a text", bytes: Array("hello\n".utf8)),
    Case("a long text", bytes: .init(repeating: 65, count: 4000)),
    Case("a byte too many", bytes: ok + [0]),
    Case("gzip: a byte too many inside", name: "a.nii.gz", bytes: gzipped(ok + [0])),
    Case("gzip: a byte too many behind", name: "a.nii.gz", bytes: packed + [0]),
    Case("gzip: half a member behind", name: "a.nii.gz", bytes: packed + [0x1F, 0x8B, 8]),
    Case("gzip: another file behind", name: "a.nii.gz", bytes: packed + packed),
    Case("gzip: an empty file", name: "a.nii.gz", bytes: []),
    Case("gzip: one byte", name: "a.nii.gz", bytes: [0x1F]),
    Case("gzip: a wrong checksum", name: "a.nii.gz", bytes: flipped(packed, packed.count - 6)),
    Case("gzip: a wrong length", name: "a.nii.gz", bytes: flipped(packed, packed.count - 1)),
    Case("gzip: not packed", name: "a.nii.gz", bytes: ok),
    Case("plain: packed", bytes: packed),
    Case("gzip: 8000^3 voxels promised", name: "a.nii.gz") {
      $0.dim = [3, 8000, 8000, 8000, 1, 1, 1, 1]
    },
    Case("another ending", .unsupportedImage, name: "a.jpg", bytes: ok),
  ]
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: headers)
  func refusesHeadersThatLie(_ item: Case) throws {
    try expectRefusal(item)
    let packed = Case(
      item.testDescription, item.code, name: "a.nii.gz", bytes: gzipped(item.bytes))
    try expectRefusal(packed)
  }

  @Test(arguments: files)
  func refusesDamagedFiles(_ item: Case) throws {
    try expectRefusal(item)
  }

  @Test func refusesEveryTruncation() throws {
    for (name, bytes) in [("a.nii", Self.ok), ("a.nii.gz", Self.packed)] {
      for count in bytes.indices {
        try expectRefusal(
          Case("\(count) bytes of \(name)", name: "\(count)\(name)", bytes: Array(bytes[..<count])))
      }
    }
  }

  /// A wrong bit of a packed file is found, or it changes nothing: some bits of gzip and deflate
  /// say nothing about the content.
  @Test func noFlippedBitOfAPackedFileChangesAnImage() throws {
    let good = try readImage(folder.write("good.nii.gz", Self.packed))
    var accepted = 0
    for bit in 0..<(8 * Self.packed.count) {
      var bytes = Self.packed
      bytes[bit / 8] ^= 1 << (bit % 8)
      let path = try folder.write("bit\(bit).nii.gz", bytes)
      switch Result(catching: { () throws(NNXError) in try readImage(path) }) {
      case .success(let image):
        accepted += 1
        #expect(image.header == good.header)
        #expect(image.voxels.values == good.voxels.values)
      case .failure(let error): #expect(error.code.status == .data)
      }
    }
    #expect(accepted < 100)
  }

  /// No flipped bit of a header ends the process; what is accepted has a grid that fits the file.
  @Test func survivesEveryFlippedBitOfAHeader() throws {
    for version in [NIfTIHeader.Version.one, .two] {
      let good = NIfTIBuilder(version: version).file
      for bit in stride(from: 0, to: 8 * version.size, by: version.rawValue * 2 - 1) {
        var bytes = good
        bytes[bit / 8] ^= 1 << (bit % 8)
        let path = try folder.write("bit\(bit).\(version.rawValue).nii", bytes)
        switch Result(catching: { () throws(NNXError) in try readImage(path) }) {
        case .success(let image): #expect([32, 64, 128].contains(image.voxels.count))
        case .failure(let error): #expect(error.code.status == .data)
        }
      }
    }
  }

  /// A sparse file of 200 GB: its size is right, its voxels would take 800 GB.
  @Test func refusesWhatDoesNotFitIntoMemory() throws {
    var builder = NIfTIBuilder(datatype: 2, bitpix: 8)
    builder.dim = [3, 32000, 32000, 200, 1, 1, 1, 1]
    let path = try folder.write("a.nii", builder.header + [0, 0, 0, 0])
    let size = 352 + 32000 * 32000 * 200
    try #require(truncate(path, size) == 0, "no sparse files here")
    let error = #expect(throws: NNXError.self) { try readImage(path).geometry }
    #expect(error?.code.status == .memory)
  }

  @Test func missingAndUnreadableFiles() throws {
    let missing = #expect(throws: NNXError.self) { try readImage(folder.path + "/none.nii") }
    #expect(missing?.code.status == .notFound)
    try folder.write("folder.nii/file", [])
    let directory = #expect(throws: NNXError.self) { try readImage(folder.path + "/folder.nii") }
    #expect(directory?.code.status == .io)
  }

  private static func flipped(_ bytes: [UInt8], _ index: Int) -> [UInt8] {
    var bytes = bytes
    bytes[index] ^= 0xFF
    return bytes
  }

  private func expectRefusal(_ item: Case) throws {
    let path = try folder.write(item.name, item.bytes)
    let error = #expect(throws: NNXError.self, "\(item.testDescription)") {
      try readImage(path).geometry
    }
    #expect(error?.code == item.code, "\(item.testDescription)")
    #expect(error?.message.contains(path) == true, "\(item.testDescription)")
  }
}
