import Foundation
import TestSupport
import Testing

/// Runs a Python program of `Scripts` on the binary that the tests were built with; it has to end with 0.
///
/// - Parameter command: path below `Scripts`, and arguments.
func runScript(_ command: [String]) throws {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  let script = "\(Fixtures.repository)/Scripts/\(command[0])"
  process.arguments = ["python3", script, "--nnx", Binary.path] + command.dropFirst()
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(process.terminationStatus == 0, "\(command.joined(separator: " ")):\n\(text)")
}
