import Foundation
import NNXSystem
import TestSupport
import Testing

/// Every error code has a section in docs/errors.md, which nnx carries and explains them from.
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

  @Test func theHeadingsAreTheCodes() throws {
    let path = Fixtures.repository + "/docs/errors.md"
    let document = try String(contentsOfFile: path, encoding: .utf8)
    let headings = document.matches(of: /\n### `([^`\n]*)`\n/).map { String($0.1) }
    #expect(headings.count > 40 && Set(headings).count == headings.count)
    let declared = Set(Self.declared.keys)
    #expect(declared.subtracting(headings).sorted() == [], "codes that docs/errors.md lacks")
    #expect(Set(headings).subtracting(declared).sorted() == [], "sections that no code leads to")
    let pages = try Shelf().data(["explain"], schema: "nnx.explain/1")["pages"]?.array ?? []
    #expect(pages.map { $0["code"]?.string } == headings, "a section that nnx explain cannot read")
    for page in pages {
      let code = page["code"]?.string ?? ""
      let statuses = Set(page["exit"]?.array?.compactMap(\.int) ?? [])
      #expect(statuses.isSuperset(of: Self.declared[code] ?? []), "exit statuses of \(code)")
      #expect(page["why"]?.string?.hasSuffix(".") == true)
      #expect(page["advice"]?.array?.isEmpty == false)
    }
    #expect(try Shelf().run("explain", "--markdown").output == document)
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
