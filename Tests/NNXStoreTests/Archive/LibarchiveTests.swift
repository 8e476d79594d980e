import CArchive
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// What `Archive` unpacks is what libarchive reads.
@Suite struct LibarchiveTests {
  /// Digests of the files of a zip as libarchive gives them.
  func digests(_ path: String) throws -> [String: String] {
    let archive = try #require(archive_read_new())
    defer { archive_read_free(archive) }
    #expect(archive_read_support_format_zip_seekable(archive) == ARCHIVE_OK)
    try #require(archive_read_open_filename(archive, path, 1 << 16) == ARCHIVE_OK)
    var digests: [String: String] = [:]
    var entry: OpaquePointer?
    while archive_read_next_header(archive, &entry) == ARCHIVE_OK {
      let name = String(cString: archive_entry_pathname(entry))
      let digest = Digest(.sha256)
      var (start, count, offset) = (nil as UnsafeRawPointer?, 0, 0 as la_int64_t)
      while true {
        let code = archive_read_data_block(archive, &start, &count, &offset)
        if code == ARCHIVE_EOF { break }
        try #require(code == ARCHIVE_OK)
        digest.update(UnsafeRawBufferPointer(start: start, count: count))
      }
      if !name.hasSuffix("/") { digests[name] = digest.finish() }
    }
    return digests
  }

  @Test(arguments: [
    "v2/plain_ct_folds", "v2/cascade", "v2/resenc_pet_ct", "v1/ct_fullres", "v1/mr_legacy_aniso",
    "v1/cascade",
  ])
  func fixturesAreReadAlike(_ name: String) throws {
    let path = TestStore.fixture(name)
    let folder = try TemporaryFolder()
    let files = try Archive(path).unpack(into: folder.path)
    let own = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.sha256) })
    #expect(try own == digests(path))
  }

  @Test func generatedArchivesAreReadAlike() throws {
    var random = RandomBytes(seed: 23)
    let folder = try TemporaryFolder()
    for round in 0..<20 {
      let entries = (0..<(1 + round)).map { index in
        let size = Int(random.next(1)[0]) * (index % 3 == 0 ? 3000 : 1)
        // Every second one compresses well.
        let data = index % 2 == 0 ? random.next(size) : [UInt8](repeating: 7, count: size)
        return ZipBuilder.Entry("d\(index % 4)/f\(index)", data, deflated: index % 3 != 1)
      }
      let path = try folder.write("\(round).zip", ZipBuilder(entries).build())
      let target = "\(folder.path)/\(round)"
      try Folder.create(target)
      let files = try Archive(path).unpack(into: target)
      let own = Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.sha256) })
      #expect(try own == digests(path))
      for file in files {
        #expect(try Digest.ofFile("\(target)/\(file.path)", .sha256) == file.sha256)
      }
    }
  }
}
