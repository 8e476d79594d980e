import Foundation
import NNXSystem
import TestSupport
import Testing

/// Hostile archives and pickles against the real binary: each is refused with status 65 and a code, and
/// nothing is left, started or asked.
@Suite struct ReliabilityHostileTests {
  @Test(arguments: HostileArchive.families.indices) func archivesAreRefused(family: Int) throws {
    let (name, archives) = HostileArchive.families[family]
    let attack = try Attack()
    for (index, archive) in archives.enumerated() {
      let path = try attack.folder.write("bait/hostile.zip", archive.bytes)
      try attack.run(path, "\(name): \(archive)", [archive.code], isWatched: index == 0)
    }
    try attack.checkThatNothingIsLeft()
  }

  /// The same names and types, in archives that are otherwise models.
  @Test func entriesAmongAModelAreRefused() throws {
    let attack = try Attack()
    let model = try PublishedParts(of: "v2/slices_2d").entries
    for (name, archives) in HostileArchive.families {
      for archive in archives where archive.entries.allSatisfy({ $0.offset == nil }) {
        guard ["names", "encodings", "twins", "types", "headers"].contains(name) else { continue }
        let zip = ZipBuilder(model + archive.entries)
        let path = try attack.folder.write("bait/hostile.zip", zip.build())
        try attack.run(path, "\(name) in a model: \(archive)", [archive.code])
      }
    }
    try attack.checkThatNothingIsLeft()
  }

  @Test(arguments: HostileCarrier.allCases) func picklesAreRefused(in carrier: HostileCarrier)
    throws
  {
    let attack = try Attack()
    let corpora = [
      HostilePickles.mentions, HostilePickles.instructions, HostilePickles.malformed,
    ]
    for (family, corpus) in corpora.enumerated() {
      // An old container holds several pickles: one that ends early or late is no fault of its own.
      guard !(carrier == .oldCheckpoint && family == 2) else { continue }
      let pickles = corpus.sorted { $0.key < $1.key }
      for (index, pickle) in pickles.enumerated()
      where index % HostileCarrier.allCases.count == carrier.number {
        let zip = try carrier.archive(with: pickle.value)
        let path = try attack.folder.write("bait/hostile.zip", zip.build())
        try attack.run(
          path, "\(pickle.key) in \(carrier)", ["unsafe-pickle", "invalid-checkpoint"],
          isWatched: index < HostileCarrier.allCases.count)
      }
    }
    try attack.checkThatNothingIsLeft()
  }

  /// What an exploit would do if it ran.
  @Test(arguments: HostileCarrier.allCases) func canariesLive(in carrier: HostileCarrier) throws {
    let attack = try Attack()
    let canary = attack.folder.path + "/owned"
    for (module, name) in [("posix", "system"), ("os", "system"), ("subprocess", "getoutput")] {
      let call = PickleTree.call(module, name, [.text("touch \(canary)")])
      let path = try attack.folder.write(
        "bait/hostile.zip", try carrier.archive(with: call.pickled).build())
      try attack.run(path, "canary in \(carrier)", ["unsafe-pickle"], isWatched: true)
      #expect(!FileManager.default.fileExists(atPath: canary))
    }
    try attack.checkThatNothingIsLeft()
  }

  @Test func theCorporaAreAsLargeAsTheDocumentsSay() {
    #expect(HostileArchive.all.count >= 200)
    #expect(
      HostilePickles.mentions.count + HostilePickles.instructions.count
        + HostilePickles.malformed.count >= 300)
  }

  /// The binary itself cannot load code or start a process: it does not even import the calls. It can hand its own
  /// process over (`execvp`), and does so for sbatch alone: `onlySbatchTakesTheProcessOver`. A released file has
  /// libraries inside that import more.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["NNX_TEST_BINARY"] == nil))
  func nothingThatRunsCodeIsImported() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/nm")
    process.arguments = ["-D", "--undefined-only", Binary.path]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let names = text.split(whereSeparator: \.isNewline).compactMap { line in
      line.split(separator: " ").last?.split(separator: "@").first.map(String.init)
    }
    #expect(names.count > 100)
    let forbidden = [
      "dlmopen", "system", "popen", "fork", "vfork", "execl", "execle", "execlp",
      "execv", "execve", "execvpe", "fexecve", "posix_spawn", "posix_spawnp", "clone",
      "ptrace", "process_vm_writev", "wordexp", "connect", "bind", "listen",
    ]
    #expect(names.filter(forbidden.contains) == [])
    #expect(names.filter { $0.contains("Foundation") && $0.contains("NSTask") } == [])
  }

  /// One call in the source hands the process over, to a program whose name stands in it, without a shell.
  @Test func onlySbatchTakesTheProcessOver() throws {
    let sources = Fixtures.repository + "/Sources/"
    var calls: [String] = []
    for case let file as String in try #require(FileManager.default.enumerator(atPath: sources)) {
      guard [".swift", ".c", ".h", ".inc"].contains(where: file.hasSuffix) else { continue }
      for line in try String(contentsOfFile: sources + file, encoding: .utf8).split(separator: "\n")
      where line.contains("execv") {
        calls.append("\(file): \(line.trimmingCharacters(in: .whitespaces))")
      }
    }
    #expect(
      calls == ["NNXSystem/BecomeProgram.swift: unsafe execvp(\"sbatch\", words)"])
  }

  /// Two libraries of the system are loaded when they are needed, by names that stand in the source.
  @Test func onlyLibrariesOfFixedNamesAreLoaded() throws {
    let sources = Fixtures.repository + "/Sources/"
    var calls: [String] = []
    for case let file as String in try #require(FileManager.default.enumerator(atPath: sources)) {
      guard [".swift", ".c", ".h", ".inc"].contains(where: file.hasSuffix) else { continue }
      for line in try String(contentsOfFile: sources + file, encoding: .utf8).split(separator: "\n")
      where line.contains("dlopen") {
        calls.append(line.trimmingCharacters(in: .whitespaces))
      }
    }
    #expect(
      calls.sorted()
        == ["library = dlopen(path, RTLD_NOW | RTLD_LOCAL);"]  // beside the binary: the next test
        + ["libcurl.so.4", "libopenblas.so.0"].map {
          "void *library = dlopen(\"\($0)\", RTLD_NOW | RTLD_LOCAL);"
        })
  }

  /// What reads DICOM comes from beside the executable, never from the folder that one works in or a path of the
  /// environment.
  @Test func theReaderOfDICOMLiesBesideTheBinary() throws {
    let loader = try String(
      contentsOfFile: Fixtures.repository + "/Sources/CDICOM/nnx_dicom_load.c", encoding: .utf8)
    #expect(loader.contains("readlink(\"/proc/self/exe\""))
    #expect(loader.contains("{\"libnnxdicom.so\", \"../lib/libnnxdicom.so\"}"))
    #expect(!loader.contains("getenv"))
  }
}
