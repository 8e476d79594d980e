import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXDICOM

/// What makes a volume of slices, and what is refused; made of seven slices of 13 × 11 pixels, 9 mm apart.
@Suite struct SliceStackTests {
  private let folder: TemporaryFolder
  private let names: [String]

  init() throws {
    folder = try TemporaryFolder()
    let source = Fixtures.folder + "/dicom/odd_size"
    names = try Folder.entries(source).sorted()
    for name in names { try folder.write(name, try folder.read("\(source)/\(name)")) }
  }

  private func stack(
    allowed: Set<SliceStack.Allowance> = [], series: String? = nil
  ) throws -> SliceStack {
    let address = try #require(
      SeriesAddress(series.map { "\(folder.path)#\($0)" } ?? folder.path))
    let (_, volume) = try DICOMScan(folder.path).volume(address)
    return try SliceStack(volume, path: folder.path, allowed: allowed)
  }

  /// Whether the scan of before still holds.
  private func isKept(_ path: String) throws -> Bool {
    let files = try DICOMScan.files(path)
    return DICOMScan.kept(path, files.map { FileStamp($0.path, followsLinks: true) }) != nil
  }

  /// Names in the order of the slices.
  private func ordered() throws -> [String] {
    try stack().slices.compactMap { $0.source.path.split(separator: "/").last.map(String.init) }
  }

  private func refusal(_ allowed: Set<SliceStack.Allowance> = []) -> NNXError? {
    #expect(throws: NNXError.self) { try stack(allowed: allowed) }
  }

  @Test func `slices are ordered along their normal`() throws {
    let stack = try stack()
    #expect(stack.slices.count == 7)
    #expect(stack.slices.map { $0.height - stack.slices[0].height } == [0, 9, 18, 27, 36, 45, 54])
    #expect(stack.notes.isEmpty)
  }

  @Test func `a missing slice is refused with its place`() throws {
    try FileManager.default.removeItem(atPath: folder.path + "/" + ordered()[3])
    let error = refusal()
    #expect(error?.code == .slices)
    #expect(error?.message == "\(folder.path) lacks a slice")
    #expect(error?.details.first == "18 mm between 1 and 19 mm")
    let even = try stack(allowed: [.uneven])
    #expect(even.depth == 7 && even.distance == 9)
    let volume = try even.read(reversesRows: false)
    let middle = (13 * 11) / 2
    let values = volume.values
    #expect(values[3 * 143 + middle] == (values[2 * 143 + middle] + values[4 * 143 + middle]) / 2)
  }

  @Test func `a slice that is there twice is left out, or refused when it differs`() throws {
    let name = try ordered()[2]
    try folder.write("copy", try folder.read("\(folder.path)/\(name)"))
    let stack = try stack()
    #expect(stack.slices.count == 7 && stack.notes == ["a slice there twice left out"])
    var bytes = try folder.read("\(folder.path)/copy")
    bytes[bytes.count - 4] ^= 1
    try folder.write("copy", bytes)
    #expect(refusal()?.message == "two slices of \(folder.path) lie in one place, and differ")
  }

  /// Gives the first slices other places, and leaves the rest out.
  private func place(_ positions: [String], spacing: String? = nil) throws {
    for (index, name) in names.enumerated() {
      guard index < positions.count else {
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
        continue
      }
      var bytes = try folder.read("\(folder.path)/\(name)")
      let values = [(0x20, 0x32, positions[index]), (0x28, 0x30, spacing)]
      for (group, element, text) in values.compactMap({ group, element, text in
        text.map { (UInt8(group), UInt8(element), $0) }
      }) {
        let head: [UInt8] = [group, 0, element, 0] + Array("DS".utf8)
        let start = try #require(
          bytes.indices.dropLast(8).first { bytes[$0..<$0 + 6].elementsEqual(head) })
        let value = Array((text.utf8.count % 2 == 0 ? text : text + " ").utf8)
        let length = Int(bytes[start + 6]) | Int(bytes[start + 7]) << 8
        bytes.replaceSubrange(
          start + 6..<start + 8 + length, with: [UInt8(value.count), 0] + value)
      }
      try folder.write(name, bytes)
    }
  }

  @Test func `slices that float32 cannot tell apart are not made even`() throws {
    try place(["0\\0\\999999", "0\\0\\999999.01", "0\\0\\999999.03"])
    let error = refusal([.uneven])
    #expect(error?.code == .slices)
    #expect(error?.details.first == "at 999999 and 999999.01 mm")
  }

  @Test func `a stack that leans beyond measure is not shifted upright`() throws {
    try place(
      ["0\\-1000000\\0", "0\\0\\0.006", "0\\1000000\\0.012"], spacing: "0.000002\\0.000002")
    let error = refusal([.tilt])
    #expect(error?.code == .slices)
    #expect(error?.message == "the slices of \(folder.path) are too far from even to be made so")
  }

  @Test func `files that are cut off are refused, not left out`() throws {
    let name = try ordered()[0]
    let bytes = try folder.read("\(folder.path)/\(name)")
    try folder.write(name, Array(bytes[..<300]))
    #expect(refusal()?.code == .brokenDICOM)
    try folder.write(name, Array(bytes[..<(bytes.count - 10)]))
    let error = #expect(throws: NNXError.self) { try stack().read(reversesRows: false) }
    #expect(error?.code == .brokenDICOM)
  }

  @Test func `a series of other name is not found`() throws {
    let error = #expect(throws: NNXError.self) { try stack(series: "1.2.3") }
    #expect(error?.code == .series)
    #expect(try stack(series: String(stack().volume.uid.dropLast(3))).slices.count == 7)
  }

  @Test func `headers are read once, and again when a file was changed, added or taken away`()
    throws
  {
    let path = folder.path
    // What was written this moment is not kept.
    func wait() { usleep(150_000) }
    func slices() throws -> Int { try DICOMScan.of(path).series.first?.volumes.first?.count ?? 0 }
    #expect(try !isKept(path))
    #expect(try slices() == 7)
    wait()
    #expect(try slices() == 7)
    #expect(try isKept(path))
    let bytes = try folder.read("\(path)/\(names[0])")
    try FileManager.default.removeItem(atPath: "\(path)/\(names[0])")
    #expect(try !isKept(path))
    wait()
    #expect(try slices() == 6)
    #expect(try isKept(path))
    try folder.write("below/again", bytes)
    #expect(try !isKept(path))
    wait()
    #expect(try slices() == 7)
    #expect(try isKept(path))
    try folder.write("below/again", Array(bytes[..<300]))
    #expect(try !isKept(path))
    #expect(try DICOMScan.of(path).damaged.map(\.path) == ["\(path)/below/again"])
    wait()
    #expect(try slices() == 6)
    #expect(try isKept(path))
    // Others push it out.
    for name in names[1...4] { _ = try DICOMScan.of("\(path)/\(name)") }
    #expect(try !isKept(path))
  }

  @Test func `runs are unpacked, and refused where they begin behind the file`() throws {
    func voxels(_ above: String) throws -> [Float] {
      let folder = try TemporaryFolder()
      for name in ["slice", above] {
        try folder.write(name, try folder.read("\(Fixtures.folder)/fuzz/dicom/\(name)"))
      }
      let address = try #require(SeriesAddress(folder.path))
      let (_, volume) = try DICOMScan(folder.path).volume(address)
      return try SliceStack(volume, path: folder.path).read(reversesRows: false).values
    }
    #expect(try voxels("rle") == voxels("above"))
    let error = #expect(throws: NNXError.self) { try voxels("rle_astray") }
    #expect(error?.code == .brokenDICOM)
  }

  @Test func `a zip is read as its folder is`() throws {
    let zip = try TemporaryFolder()
    let entries = try names.map {
      ZipBuilder.Entry("a/b/\($0)", try folder.read("\(folder.path)/\($0)"), deflated: true)
    }
    let path = try zip.write("series.zip", ZipBuilder(entries).build())
    for place in [path, zip.path] {
      let address = try #require(SeriesAddress(place))
      let (_, volume) = try DICOMScan(place).volume(address)
      let voxels = try SliceStack(volume, path: place).read(reversesRows: true).values
      #expect(try voxels == stack().read(reversesRows: true).values)
    }
  }

  /// Frames of few files are for all workers, each once.
  @Test func `files with many frames are shared`() {
    #expect([[0, 1, 2, 3, 4]].shares(2) == [[0, 1], [2, 3, 4]])
    #expect([[0, 1, 2], [3]].shares(4) == [[0], [1, 2], [3]])
    #expect([[0], [1], [2]].shares(2) == [[0], [1], [2]])
    #expect([[Int]]().shares(2).isEmpty)
  }
}
