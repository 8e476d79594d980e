import Foundation
import TestSupport

/// The real binary, run in a home folder of its own.
struct Binary {
  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  let home = Result { try TemporaryFolder() }

  /// nnx lies beside the test runner, where the build put both, or where `NNX_TEST_BINARY` says: a released file
  /// is tried by the same tests.
  static let path: String = {
    if let released = ProcessInfo.processInfo.environment["NNX_TEST_BINARY"] { return released }
    let runner =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: runner).deletingLastPathComponent().path + "/nnx"
  }()

  /// Runs nnx and waits for it.
  func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// - Parameters:
  ///   - folder: to stand in; the test's own, unless given.
  ///   - program: to run instead of nnx.
  ///   - wrapper: a command that runs nnx, such as a tracer; its path and arguments.
  func run(
    _ arguments: [String], environment: [String: String] = [:], folder place: String? = nil,
    program: String = Binary.path, under wrapper: [String] = []
  ) throws -> Outcome {
    let process = Process()
    if let place { process.currentDirectoryURL = URL(fileURLWithPath: place) }
    let command = wrapper + [program] + arguments
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment =
      ["NNX_HOME": try home.get().path, "PATH": "/usr/bin:/bin"].merging(environment) { $1 }
    let folder = try TemporaryFolder()
    let files = ["out", "err"].map { folder.path + "/" + $0 }
    for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: files[0])
    process.standardError = FileHandle(forWritingAtPath: files[1])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self)
    }
    let isSignal = process.terminationReason == .uncaughtSignal
    return Outcome(
      status: isSignal ? -process.terminationStatus : process.terminationStatus, output: texts[0],
      errors: texts[1])
  }
}
