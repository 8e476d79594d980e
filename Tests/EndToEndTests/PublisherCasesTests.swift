import TestSupport
import Testing

/// Cases that publishers' own packages made, through the binary: labels, what networks read, masked images, headers.
///
/// The other cases are too large for the repository (docs/hd-bet.md, docs/moose.md).
@Suite struct PublisherCasesTests {
  @Test(arguments: ["hd-bet", "moose", "totalspineseg"])
  func theResultIsThePackages(_ family: String) throws {
    let cases = "\(Fixtures.repository)/Tests/Fixtures/publishers/\(family)"
    try runScript(["publisher-cases", family, cases, cases])
  }
}
