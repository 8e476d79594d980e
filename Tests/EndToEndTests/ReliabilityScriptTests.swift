import Foundation
import Testing

/// Short forms of the commands in Scripts/reliability; docs/reliability.md has the long ones.
@Suite(.serialized) struct ReliabilityScriptTests {
  @Test(arguments: [
    ["kill-sweep", "--every", "150"], ["kill-loop", "--kills", "24"],
    ["kill-loop", "--kills", "8", "--signal", "HUP"], ["failing-disk", "--every", "150"],
    ["crowd", "--processes", "12", "--rounds", "1"], ["full-disk", "--step", "400"],
  ])
  func survives(_ command: [String]) throws {
    try runScript(["reliability/\(command[0])"] + command.dropFirst())
  }

  /// Needs root and loop devices.
  @Test(.enabled(if: geteuid() == 0 && FileManager.default.fileExists(atPath: "/dev/loop-control")))
  func survivesPowerCuts() throws {
    try runScript(["reliability/power-cuts", "--cuts", "10"])
  }
}
