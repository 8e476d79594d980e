import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Wrong and hostile NRRD and MetaImage files: refused with an error about input, and nothing else.
@Suite struct FormatsHostileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static func nrrd(_ change: (inout [String]) -> Void) -> [UInt8] {
    var lines = [
      "NRRD0004", "type: short", "dimension: 3", "sizes: 4 3 2", "space: LPS",
      "space directions: (1,0,0) (0,1,0) (0,0,2)", "space origin: (0,0,0)", "endian: little",
      "encoding: raw",
    ]
    change(&lines)
    return Array((lines.joined(separator: "\n") + "\n\n").utf8) + .init(repeating: 1, count: 48)
  }

  static func meta(_ change: (inout [String]) -> Void) -> [UInt8] {
    var lines = [
      "ObjectType = Image", "NDims = 3", "DimSize = 4 3 2", "ElementSpacing = 1 1 2",
      "TransformMatrix = 1 0 0 0 1 0 0 0 1", "Offset = 0 0 0", "ElementType = MET_SHORT",
      "ElementDataFile = LOCAL",
    ]
    change(&lines)
    return Array((lines.joined(separator: "\n") + "\n").utf8) + .init(repeating: 1, count: 48)
  }

  /// Replaces the line that begins so, or adds one before the last.
  static func setting(_ line: String, in lines: inout [String]) {
    let name = line.prefix { $0 != ":" && $0 != "=" }
    if let index = lines.firstIndex(where: { $0.hasPrefix(name) }) {
      lines[index] = line
    } else {
      lines.insert(line, at: lines.count - 1)
    }
  }

  @Test(arguments: [
    "type: block", "type: complex", "dimension: 0", "dimension: x", "dimension: 4", "dimension: 99",
    "dimension: 1", "sizes: 4 3", "sizes: 4 3 0", "sizes: 4 3 -2", "sizes: 4 3 two",
    "sizes: 4 3 3", "sizes: 4 3 1", "sizes: 2147483647 2147483647 2147483647",
    "sizes: 99999999999999999999 1 1", "encoding: bzip2", "encoding: hex", "encoding: ascii",
    "encoding: gzip", "endian: middle", "space directions: (1,0,0) (0,1,0)",
    "space directions: (1,0,0) (0,1,0) none", "space directions: (1,0,0) (0,1,0) (0,0,0)",
    "space directions: (1,0,0) (0,1,0) (0,0,nan)", "space directions: (1,0,0) (0,1,0) (1,1,0)",
    "space directions: (1,0,0) (0,1,0) (0,0,1e300)", "space directions: (1,0,0) (0,1,0) (0,0,1",
    "space directions: ", "space origin: (0,0)", "space origin: (0,0,inf)", "line skip: 9",
    "line skip: x", "byte skip: -2", "byte skip: 49", "byte skip: 1", "byte skip: 99999999999999",
    "data file: none.raw", "data file: ../a.raw", "data file: /etc/hostname", "data file: LIST",
    "data file: a%03d.raw 1 2 1", "data file: ", "kinds: vector domain domain",
    "kinds: RGB-color domain domain", "unknown: 3", "no colon here",
    "sizes: 4 3 2\nsizes: 4 3 2",
  ])
  func refusesNRRD(_ line: String) throws {
    try expectRefusal("a.nrrd", Self.nrrd { Self.setting(line, in: &$0) }, line)
  }

  @Test(arguments: [
    "NRRD0004", "type", "dimension", "sizes", "endian", "encoding", "space directions",
  ])
  func refusesNRRDWithout(_ name: String) throws {
    try expectRefusal("a.nrrd", Self.nrrd { $0.removeAll { $0.hasPrefix(name) } }, name)
  }

  @Test(arguments: [
    "ObjectType = Tube", "NDims = 0", "NDims = x", "NDims = 4", "NDims = 99", "NDims = 1",
    "DimSize = 4 3", "DimSize = 4 3 0", "DimSize = 4 3 -2", "DimSize = 4 3 2.5",
    "DimSize = 4 3 nan",
    "DimSize = 4 3 3", "DimSize = 4 3 1", "DimSize = 2147483647 2147483647 2147483647",
    "DimSize = 1e300 1 1", "ElementSpacing = 1 1", "ElementSpacing = 1 1 0",
    "ElementSpacing = 1 1 nan", "ElementSpacing = 1 1 1e30", "TransformMatrix = 1 0 0 0 1 0 0 0",
    "TransformMatrix = 1 0 0 0 1 0 0 0 0", "TransformMatrix = 1 0 0 0 1 0 0 0 inf",
    "Offset = 0 0", "Offset = a b c", "ElementType = MET_STRING", "ElementType = short",
    "ElementNumberOfChannels = 3", "BinaryData = False", "BinaryData = perhaps",
    "CompressedData = True", "CompressedData = True\nCompressedDataSize = 40",
    "CompressedDataSize = x\nCompressedData = True", "ElementDataFile = none.raw",
    "ElementDataFile = ../a.raw", "ElementDataFile = /etc/hostname", "ElementDataFile = LIST",
    "ElementDataFile = a%03d.raw 1 2 1", "ElementDataFile = ", "no sign here",
    "NDims = 3\nNDims = 3",
  ])
  func refusesMetaImage(_ line: String) throws {
    try expectRefusal("a.mha", Self.meta { Self.setting(line, in: &$0) }, line)
  }

  @Test(arguments: ["NDims", "DimSize", "ElementType", "ElementDataFile"])
  func refusesMetaImageWithout(_ name: String) throws {
    try expectRefusal("a.mha", Self.meta { $0.removeAll { $0.hasPrefix(name) } }, name)
  }

  @Test func theSeedsAreRight() throws {
    for (name, bytes) in [("a.nrrd", Self.nrrd { _ in }), ("a.mha", Self.meta { _ in })] {
      #expect(
        try readImage(folder.write(name, bytes)).voxels.values == .init(repeating: 257, count: 24))
    }
  }

  @Test func refusesAFolderInPlaceOfVoxels() throws {
    try folder.write("b/c", [1])
    try expectRefusal("a.mha", Self.meta { $0[7] = "ElementDataFile = b" }, "a folder")
  }

  /// All cuts of raw and packed files of both formats, and bytes too many.
  @Test func refusesEveryTruncation() throws {
    let names = [
      "written by SimpleITK as nrrd", "written by SimpleITK as mha", "NRRD, detached",
      "NRRD, spacings", "MetaImage, detached and packed", "MetaImage, placed",
    ]
    for name in names {
      let item = try #require(FormatsReadingTests.cases.first { $0.testDescription == name })
      let path = try item.write(to: folder)
      _ = try readImage(path)
      // Of a header in a file of its own the last cut takes just the end of its last line.
      let file = item.files.last!
      for count in file.bytes.indices {
        try folder.write(file.name, Array(file.bytes[..<count]))
        try expectRefusal(of: path, "\(name), \(count) bytes")
      }
      try folder.write(file.name, file.bytes + [0])
      try expectRefusal(of: path, "\(name), a byte more")
    }
  }

  /// No changed bit ends the process; what is accepted has a grid that fits the file.
  @Test func survivesEveryFlippedBit() throws {
    for (name, bytes) in [("a.nrrd", Self.nrrd { _ in }), ("a.mha", Self.meta { _ in })] {
      for bit in 0..<(8 * (bytes.count - 47)) {
        var changed = bytes
        changed[bit / 8] ^= 1 << (bit % 8)
        let path = try folder.write(name, changed)
        switch Result(catching: { () throws(NNXError) in try readImage(path) }) {
        case .success(let image): #expect([6, 12, 24, 48].contains(image.voxels.count))
        case .failure(let error): #expect([.data, .memory].contains(error.code.status))
        }
      }
    }
  }

  private func expectRefusal(_ name: String, _ bytes: [UInt8], _ what: String) throws {
    try expectRefusal(of: folder.write(name, bytes), what)
  }

  private func expectRefusal(of path: String, _ what: String) throws {
    let error = #expect(throws: NNXError.self, "\(what)") { try readImage(path).geometry }
    #expect(error?.code.status == .data, "\(what): \(error?.message ?? "")")
    #expect(error?.message.contains(folder.path) == true, "\(what)")
  }
}
