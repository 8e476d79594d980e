import Foundation
import NNXArchive
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

@Suite struct ZipWriterTests {
  /// What it writes, plain or as ZIP64, is what the strict reader and unzip programs read.
  @Test(arguments: [0xFFFF_FFFF, 100])
  func writesWhatOthersRead(large: Int) throws {
    let folder = try TemporaryFolder()
    let contents = [0, 1, 99, 100, 101, 70_000].map { size in
      (0..<size).map { UInt8(truncatingIfNeeded: $0 * 7) }
    }
    let path = folder.path + "/a.zip"
    let writer = try ZipWriter(path, large: large)
    try writer.add("text.json", "{}\n")
    for (index, content) in contents.enumerated() {
      let file = try folder.write("f\(index)", content)
      try writer.add("0/é/\(index)", file, ZipWriter.measure(file)) { _ in }
    }
    let (size, sha256) = try writer.finish()
    #expect(sha256 == (try Digest.ofFile(path, .sha256)))
    #expect(try FileReader(path).count == size)

    let target = try TemporaryFolder()
    let unpacked = try Archive(path).unpack(into: target.path)
    #expect(unpacked.map(\.path) == ["text.json"] + contents.indices.map { "0/é/\($0)" })
    for (index, content) in contents.enumerated() {
      #expect(try target.read("\(target.path)/0/é/\(index)") == content)
    }
    let again = folder.path + "/b.zip"
    let second = try ZipWriter(again, large: large)
    try second.add("text.json", "{}\n")
    for index in contents.indices {
      let file = "\(folder.path)/f\(index)"
      try second.add("0/é/\(index)", file, ZipWriter.measure(file)) { _ in }
    }
    #expect(try second.finish().sha256 == sha256)
  }

  @Test func aFileThatChangesMeanwhileIsNoticed() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write("f", [1, 2, 3])
    let measure = try ZipWriter.measure(file)
    try folder.write("f", [1, 2, 4])
    let path = folder.path + "/a.zip"
    let writer = try ZipWriter(path)
    #expect(throws: NNXError.self) { try writer.add("f", file, measure) { _ in } }
    #expect(Folder.kind(path) == nil)
  }
}
