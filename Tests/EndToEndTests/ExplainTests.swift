import Foundation
import NNXSystem
import TestSupport
import Testing

/// Every error code has a page, and the pages are docs/errors.md.
@Suite struct ExplainTests {
  /// Codes and exit statuses as the sources declare them.
  private static let declared: [String: Set<Int>] = {
    let statuses = [
      "negative": 1, "usage": 64, "data": 65, "notFound": 66, "unavailable": 69, "bug": 70,
      "memory": 71, "cannotCreate": 73, "io": 74, "retry": 75, "integrity": 76, "forbidden": 77,
      "configuration": 78,
    ]
    let root = Fixtures.repository + "/Sources"
    var codes: [String: Set<Int>] = [:]
    for file in (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
    where file.hasSuffix(".swift") {
      let text = (try? String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)) ?? ""
      for match in text.matches(of: /Code\(\s*"([a-z0-9-]+)",\s*\.([a-zA-Z]+)\)/) {
        codes[String(match.1), default: []].insert(statuses[String(match.2)] ?? -1)
      }
    }
    return codes
  }()

  @Test func everyCodeHasAPage() throws {
    let pages = try Shelf().data(["explain"], schema: "nnx.explain/1")["pages"]?.array ?? []
    let explained = Dictionary(
      uniqueKeysWithValues: pages.map {
        ($0["code"]?.string ?? "", Set($0["exit"]?.array?.compactMap(\.int) ?? []))
      })
    #expect(Self.declared.count > 40)
    for (code, statuses) in Self.declared.sorted(by: { $0.key < $1.key }) {
      #expect(explained[code] != nil, "\(code) has no page: add one in Sources/nnx/Explain")
      #expect(explained[code]?.isSuperset(of: statuses) ?? true, "exit statuses of \(code)")
    }
    for page in pages {
      #expect(page["meaning"]?.string?.hasSuffix(".") == true)
      #expect(page["why"]?.string?.isEmpty == false)
      #expect(page["advice"]?.array?.isEmpty == false)
    }
  }

  /// `NNX_UPDATE_SNAPSHOTS=1` writes the file anew.
  @Test func thePagesAreTheDocument() throws {
    let text = try Shelf().run("explain", "--markdown").output
    let path = Fixtures.repository + "/docs/errors.md"
    if ProcessInfo.processInfo.environment["NNX_UPDATE_SNAPSHOTS"] != nil {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
  }

  @Test func explainsOne() throws {
    let shelf = try Shelf()
    let page = try shelf.run("explain", "error[unsafe-pickle]")
    try Snapshot.expect(page.output, "explain")
    Snapshot.expectFits(page.output)
    Snapshot.expectFits(try shelf.run("explain").output)
    #expect(
      try shelf.run("explain", "76", "-q").output.split(separator: "\n").contains("integrity"))
    let unknown = try shelf.run("explain", "unsafe-pickel")
    #expect(unknown.status == 66)
    #expect(unknown.errors.contains("Close codes: unsafe-pickle"))
  }
}
