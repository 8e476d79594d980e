import NNXArchive
import NNXSystem
import TestSupport
import Testing

/// The same bytes under the rules for archives that people bring and for containers that a program writes.
@Suite struct ZipRulesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let container = ZipRules { problem, _ in
    NNXError(.unreadable, "\(problem.kind)")
  }

  private func entries(_ zip: ZipBuilder, _ rules: ZipRules) throws -> [String] {
    try entries(zip.build(), rules)
  }

  private func entries(_ zip: [UInt8], _ rules: ZipRules) throws -> [String] {
    try ZipDirectory(of: FileReader(folder.write("a.zip", zip)), rules).entries.map(\.path)
  }

  private func refusal(_ zip: ZipBuilder, _ rules: ZipRules) throws -> NNXError {
    try #require(throws: NNXError.self) { try entries(zip, rules) }
  }

  private static let one = ZipBuilder([.init("a/b", Array("hello".utf8))])

  @Test func bothReadWhatIsPlain() throws {
    #expect(try entries(Self.one, .modelArchive()) == ["a/b"])
    #expect(try entries(Self.one, Self.container) == ["a/b"])
  }

  @Test func onlyArchivesMayHaveComments() throws {
    let zip = Self.one.with { $0.comment = Array("made by hand".utf8) }
    #expect(try entries(zip, .modelArchive()) == ["a/b"])
    #expect(try refusal(zip, Self.container).message == "end")
  }

  @Test func onlyContainersMayHoldWhatCannotBeAFile() throws {
    let link = ZipBuilder([.init("a", [1]).with { $0.mode = 0o120777 }])
    #expect(try refusal(link, .modelArchive()).code == .unsafeArchive)
    #expect(try entries(link, Self.container) == ["a"])
    let deep = ZipBuilder([.init(String(repeating: "d/", count: 20) + "f", [1])])
    #expect(try refusal(deep, .modelArchive()).code == .unsafeArchive)
    #expect(try entries(deep, Self.container).count == 1)
    let twice = ZipBuilder([.init("a", [1]), .init("A", [1])])
    #expect(try refusal(twice, .modelArchive()).code == .unsafeArchive)
    #expect(try entries(twice, Self.container) == ["a", "A"])
  }

  @Test func onlyContainersMayLeaveNumbersOutOfLocalHeaders() throws {
    let zip = ZipBuilder([.init("a", [1]).with { $0.localSize = 0 }])
    #expect(try refusal(zip, .modelArchive()).code == .unsafeArchive)
    #expect(try entries(zip, Self.container) == ["a"])
  }

  @Test func neitherLetsNamesLeadOut() throws {
    for name in ["../a", "/a", "a\\b", "a/./b", "a\u{0}"] {
      let zip = ZipBuilder([.init(name, [1])])
      #expect(try refusal(zip, .modelArchive()).code == .unsafeArchive, "\(name)")
      #expect(try refusal(zip, Self.container).message == "name", "\(name)")
    }
  }

  @Test func limitsAreValues() throws {
    let zip = ZipBuilder((0..<3).map { .init("f\($0)", [1]) })
    var limits = ArchiveLimits()
    limits.entries = 2
    let error = try refusal(zip, .modelArchive(limits))
    #expect(error.message.hasSuffix("it has 3 entries, more than 2"))
    #expect(
      try refusal(zip, ZipRules(container: limits) { _, _ in error }).message == error.message)
    limits.entries = 3
    #expect(try entries(zip, .modelArchive(limits)).count == 3)
    #expect(ArchiveLimits().entries == 10_000)
    #expect(ArchiveLimits.container.entries == 1_000_000)
  }

  @Test func contentIsCheckedWhereverItLies() throws {
    let text = Array("hello, hello, hello, hello".utf8)
    for isDeflated in [false, true] {
      let entry = ZipBuilder.Entry("a", text, deflated: isDeflated)
      let path = try folder.write("a.zip", ZipBuilder([entry]).build())
      let zip = try MappedZip(MappedFile(path), Self.container)
      let content = try zip.withContent(of: zip.entries[0]) { $0.copy(0..<$0.byteCount) }
      #expect(content == text)
      #expect(try ZipMember(zip.entries[0], of: FileReader(path)).content() == text)

      let wrong = try folder.write("b.zip", ZipBuilder([entry.with { $0.crc = 1 }]).build())
      let damaged = try MappedZip(MappedFile(wrong), Self.container)
      let error = try #require(throws: NNXError.self) {
        try damaged.withContent(of: damaged.entries[0]) { _ in () }
      }
      #expect(error.message == "checksum")
    }
  }
}
