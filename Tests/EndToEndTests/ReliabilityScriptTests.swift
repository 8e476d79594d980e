import Foundation
import TestSupport
import Testing

/// Short forms of the commands in Scripts/reliability; docs/reliability.md has the long ones.
@Suite(.serialized) struct ReliabilityScriptTests {
  @Test(arguments: [
    ["kill-sweep", "--every", "150"], ["kill-loop", "--kills", "24"],
    ["kill-loop", "--kills", "8", "--signal", "HUP"], ["failing-disk", "--every", "150"],
    ["crowd", "--processes", "12", "--rounds", "1"], ["full-disk", "--step", "400"],
  ])
  func survives(_ command: [String]) throws {
    try run(command)
  }

  /// Needs root and loop devices.
  @Test(.enabled(if: geteuid() == 0 && FileManager.default.fileExists(atPath: "/dev/loop-control")))
  func survivesPowerCuts() throws {
    try run(["power-cuts", "--cuts", "10"])
  }

  private func run(_ command: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = "\(Fixtures.repository)/Scripts/reliability/\(command[0])"
    process.arguments = ["python3", script, "--nnx", Binary.path] + command.dropFirst()
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(command.joined(separator: " ")):\n\(text)")
  }
}
