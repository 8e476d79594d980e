import Foundation
import NNXSystem
import TestSupport
import Testing

/// Downloads that end with the process, and many at once.
@Suite struct InterruptedDownloadTests {
  let bench = NetworkBench()

  /// Starts nnx without waiting for it.
  private func start(_ zenodo: LoopbackZenodo, _ arguments: [String]) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Binary.path)
    process.arguments = arguments
    process.environment = ["NNX_HOME": try bench.nnx.home.get().path].merging(zenodo.environment) {
      $1
    }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  @Test func aKilledDownloadContinues() throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()], bytesPerSecond: 120_000)
    var random = SeededGenerator(seed: 5)
    var kills = 0
    func fileRequests() -> Int { zenodo.requests.count { !$0.path.hasPrefix("/api/") } }
    while kills < 12 {
      let before = fileRequests()
      let process = try start(zenodo, ["install", "900002"])
      while process.isRunning, fileRequests() == before { usleep(2000) }
      usleep(UInt32.random(in: 50_000...250_000, using: &random))
      guard process.isRunning else { break }
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      kills += 1
    }
    let last = try bench.install(zenodo)
    #expect(last.status == 0, "\(last.errors)")
    #expect(try bench.installed() == NetworkBench.right.get())
    let starts = zenodo.requests.filter { !$0.path.hasPrefix("/api/") }.compactMap(\.rangeStart)
    #expect(kills > 2)
    #expect(starts.count >= 2, "\(kills) kills, continued at \(starts)")
    #expect(starts == starts.sorted())
    #expect(
      try Folder.entries(bench.nnx.home.get().path + "/cache/downloads").filter {
        $0.hasSuffix(".part")
      } == [])
  }

  @Test func allProcessesTogetherOpenTwoConnections() throws {
    let records = try (0..<6).map { index in
      TestRecord(
        900_010 + index, files: [try .init(NetworkBench.archive, key: "Dataset00\(index)_A.zip")])
    }
    let zenodo = try LoopbackZenodo(records, bytesPerSecond: 400_000)
    let processes = try records.map { try start(zenodo, ["install", "\($0.number)"]) }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(zenodo.server.mostConnections["zenodo.org"] == 2)
    #expect(try bench.nnx.run("list", "-q").output.split(separator: "\n").count == 6)
  }
}
