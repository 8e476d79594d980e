import Foundation
import NNXSystem
import TestSupport
import Testing

/// `predict --dry-run`: told beforehand, and what is told comes true.
@Suite struct ForecastTests {
  private let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"

  @Test func memoryIsToldBeforehand() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let target = folder.path + "/seg.nii.gz"
    let arguments = ["predict", "-m", "demo-ct", "-i", phantom, "-o", target, "--no-tta"]
    let forecast = try nnx.run(arguments + ["--dry-run", "--json"])
    #expect(forecast.status == 0, "\(forecast.errors)")
    #expect(try folder.contents() == [])
    let answer = try OrderedJSON(parsing: Array(forecast.output.utf8), source: "forecast")
    let planned = try #require(answer["data"]?["planned"]?.array?.first)
    #expect(planned["patches"]?.int == 12)
    #expect((planned["seconds"]?.double ?? 0) > 0)
    try #require(try nnx.run(arguments).status == 0)
    let record = try OrderedJSON(contentsOf: folder.path + "/seg.json")
    let expected = Double(try #require(planned["peakBytes"]?.int))
    let peak = Double(try #require(record["peakBytes"]?.int))
    #expect(peak < 1.25 * expected && peak > expected / 1.25, "\(peak) instead of \(expected)")
  }
}
