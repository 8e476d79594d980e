import Foundation
import NNXSystem
import TestSupport
import Testing

/// `nnx data` against a server that answers as Zenodo does.
@Suite struct DataFetchTests {
  let bench = NetworkBench()
  private static let archive = Fixtures.folder + "/aimi/liver-mr.zip"
  private static let record = 13_244_892

  private func zenodo(bytesPerSecond: Int? = nil) throws -> LoopbackZenodo {
    try LoopbackZenodo(
      [TestRecord(Self.record, files: [.init(Self.archive)])], bytesPerSecond: bytesPerSecond)
  }

  private func fileRequests(_ zenodo: LoopbackZenodo) -> [LoopbackServer.Request] {
    zenodo.requests.filter { !$0.path.hasPrefix("/api/") }
  }

  @Test func whatTheRecordStatesIsFetchedOnceAndEvaluated() throws {
    let zenodo = try zenodo()
    #expect(try bench.run(zenodo, ["data", "path", "liver-mr"]).status == 66)
    let first = try bench.run(zenodo, ["data", "fetch", "liver-mr", "--json"])
    #expect(first.status == 0, "\(first.errors)")
    let answer = try OrderedJSON(parsing: Array(first.output.utf8), source: "nnx")
    let fetched = try #require(answer["data"]?["fetched"]?.array?.first)
    #expect(fetched["downloaded"]?.int == (try FileReader(Self.archive).count))
    #expect(fetched["version"]?.string == "\(Self.record)")
    let path = try #require(fetched["path"]?.string)
    let receipt = try OrderedJSON(contentsOf: path + "/nnx-data.json")
    #expect(receipt["md5"]?.string == (try Digest.ofFile(Self.archive, .md5)))
    #expect(receipt["doi"]?.string == "10.5281/zenodo.\(Self.record)")
    // Again: nobody is asked.
    let before = zenodo.requests.count
    let second = try bench.run(zenodo, ["data", "fetch", "liver-mr"])
    #expect(second.status == 0 && second.output == path + "\n")
    #expect(zenodo.requests.count == before)
    #expect(try bench.run(zenodo, ["data", "path", "liver-mr"]).output == path + "\n")
    let table = try bench.run(zenodo, ["evaluate", "--aimi", "liver-mr", "--rule", "notebook"])
    #expect(table.status == 0 && table.output.contains("Liver"), "\(table.errors)")
  }

  @Test func aFetchThatWasKilledGoesOn() throws {
    let size = try FileReader(Self.archive).count
    let zenodo = try zenodo(bytesPerSecond: max(size / 4, 1))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = ["data", "fetch", "liver-mr"]
    process.environment = ["NNX_HOME": try bench.nnx.home.get().path].merging(zenodo.environment) {
      $1
    }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, fileRequests(zenodo).isEmpty { usleep(2000) }
    usleep(1_500_000)
    #expect(process.isRunning)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(try bench.run(zenodo, ["data", "path", "liver-mr"]).status == 66)
    let again = try bench.run(zenodo, ["data", "fetch", "liver-mr"])
    #expect(again.status == 0, "\(again.errors)")
    let last = try #require(fileRequests(zenodo).last?.rangeStart)
    #expect(last > 0 && last < size)
    #expect(try bench.run(zenodo, ["data", "path", "liver-mr"]).status == 0)
    let home = try bench.nnx.home.get().path
    #expect(try Folder.entries(home + "/cache/downloads").filter { !$0.hasSuffix(".lock") } == [])
  }

  @Test func anArchiveOfAnotherDigestChangesNothing() throws {
    let folder = try TemporaryFolder()
    var bytes = try folder.read(Self.archive)
    bytes[bytes.count / 2] ^= 1
    var file = try TestRecord.File(try folder.write("liver-mr.zip", bytes))
    file.md5 = try Digest.ofFile(Self.archive, .md5)
    let zenodo = try LoopbackZenodo([TestRecord(Self.record, files: [file])])
    let result = try bench.run(zenodo, ["data", "fetch", "liver-mr"])
    #expect(result.status != 0 && result.errors.contains("error[integrity]"), "\(result.errors)")
    #expect(try bench.run(zenodo, ["data", "path", "liver-mr"]).status == 66)
  }
}
