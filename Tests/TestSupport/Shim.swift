import Foundation
import Glibc
import NNXSystem

/// Small C libraries that tests preload into the real binary (Tests/Shims).
public enum Shim {
  /// Builds `Tests/Shims/NAME.c`, once for each state of its source, and returns the library's path.
  public static func library(_ name: String) throws -> String {
    let source = "\(Fixtures.repository)/Tests/Shims/\(name).c"
    let digest = try Digest.ofFile(source, .sha256).prefix(16)
    let library = NSTemporaryDirectory() + "nnx-shim-\(name)-\(digest).so"
    guard !FileManager.default.fileExists(atPath: library) else { return library }
    let made = library + ".\(getpid()).\(UInt32.random(in: 0 ... .max))"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: try find(["clang", "cc", "gcc"]))
    compiler.arguments = ["-shared", "-fPIC", "-O1", "-o", made, source, "-ldl"]
    try compiler.run()
    compiler.waitUntilExit()
    guard compiler.terminationStatus == 0 else {
      throw NNXError(.bug, "\(source) cannot be built")
    }
    // Tests run at once: the last one wins, with the same bytes.
    guard rename(made, library) == 0 else { throw NNXError.system("cannot write", library) }
    return library
  }

  private static func find(_ names: [String]) throws -> String {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    for name in names {
      for folder in folders where FileManager.default.isExecutableFile(atPath: "\(folder)/\(name)")
      {
        return "\(folder)/\(name)"
      }
    }
    throw NNXError(.bug, "no C compiler is installed")
  }
}
