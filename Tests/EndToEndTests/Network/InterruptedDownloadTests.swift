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
    #expect(try downloads() == [])
  }

  /// What the downloads folder holds, but for locks.
  private func downloads() throws -> [String] {
    try Folder.entries(bench.nnx.home.get().path + "/cache/downloads").filter {
      !$0.hasSuffix(".lock")
    }
  }

  /// An install that is killed just before or after its commit leaves a download that it used.
  @Test func aUsedDownloadIsTakenOverOrRemoved() throws {
    let zenodo = try LoopbackZenodo([NetworkBench.published()])
    let home = try bench.nnx.home.get().path
    try #require(try bench.run(zenodo, ["install", "900002", "--keep-archive"]).status == 0)
    let kept = try #require(try downloads().first { $0.hasSuffix(".kept") })
    #expect(try downloads().sorted() == [kept, "\(kept).json"])
    let listed = try bench.run(zenodo, ["cache", "ls"]).output
    #expect(listed.contains(NetworkBench.key) && !listed.contains("resumes"), "\(listed)")

    /// Puts the kept archive where a killed process would have left it.
    func leave() throws {
      let key = kept.prefix { $0 != "." }
      for suffix in ["", ".json"] {
        try FileManager.default.copyItem(
          atPath: "\(home)/kept\(suffix)",
          toPath: "\(home)/cache/downloads/\(key).999999999.ab.used\(suffix)")
      }
    }
    for suffix in ["", ".json"] {
      try FileManager.default.moveItem(
        atPath: "\(home)/cache/downloads/\(kept)\(suffix)", toPath: "\(home)/kept\(suffix)")
    }

    // After the commit: nobody needs it.
    try leave()
    #expect(try bench.install(zenodo).status == 0)
    #expect(try downloads() == [])

    // Before the commit: nothing is fetched again.
    try #require(try bench.run(zenodo, ["uninstall", NetworkBench.name]).status == 0)
    try leave()
    let before = zenodo.requests.count { !$0.path.hasPrefix("/api/") }
    #expect(try bench.install(zenodo).status == 0)
    #expect(zenodo.requests.count { !$0.path.hasPrefix("/api/") } == before)
    #expect(try bench.installed() == NetworkBench.right.get())
    #expect(try downloads() == [])
  }

  @Test func allProcessesTogetherOpenTwoConnections() throws {
    let records = try (0..<6).map { index in
      TestRecord(
        900_010 + index, files: [try .init(NetworkBench.archive, key: "Dataset00\(index)_A.zip")])
    }
    // So slow that they overlap on a busy machine, too.
    let zenodo = try LoopbackZenodo(records, bytesPerSecond: 100_000)
    let processes = try records.map { try start(zenodo, ["install", "\($0.number)"]) }
    for process in processes {
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    #expect(zenodo.server.mostConnections["zenodo.org"] == 2)
    #expect(try bench.nnx.run("list", "-q").output.split(separator: "\n").count == 6)
  }
}
