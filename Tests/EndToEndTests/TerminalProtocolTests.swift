import Foundation
import TestSupport
import Testing

/// `nnx view` in terminals that draw sixels, and in those that do not.
@Suite struct TerminalProtocolTests {
  private func view(_ answer: String?, _ more: String..., variables: [String: String] = [:]) throws
    -> Binary.Outcome
  {
    let image = Fixtures.folder + "/reference/v2/plain_ct/image_0000.nii.gz"
    return try Binary().run(
      ["view", image] + more, environment: variables,
      under: PseudoTerminal.wrapper(answer: answer))
  }

  @Test func theTerminalsAnswerDecides() throws {
    let sixels = "\u{1B}P0;1;0q"
    let able = try view("62;4;22")
    #expect(able.status == 0 && able.output.contains(sixels), "\(able.errors)")
    let asked = try view("62;4;22", "--protocol", "sixel")
    #expect(asked.status == 0 && asked.output.contains(sixels))
    let unable = try view("62;22")
    #expect(unable.status == 0 && unable.output.contains("\u{2580}"))
    #expect(!unable.output.contains(sixels))
    let refused = try view("62;22", "--protocol", "sixel")
    #expect(refused.status == 64 && refused.output.contains("no sixel"))
    #expect(!refused.output.contains(sixels))
    let silent = try view(nil)
    #expect(silent.status == 0 && silent.output.contains("\u{2580}"))
    let kitty = try view("62;22", variables: ["KITTY_WINDOW_ID": "1"])
    #expect(kitty.output.contains("\u{1B}_Ga=T,f=100,"))
  }

  @Test func aFileGetsWhatIsAskedFor() throws {
    let image = Fixtures.folder + "/reference/v2/plain_ct/image_0000.nii.gz"
    let outcome = try Binary().run("view", image, "--protocol", "sixel")
    #expect(outcome.status == 0 && outcome.output.hasPrefix("\u{1B}P0;1;0q"))
    #expect(try Binary().run("view", image).output.contains("\u{2580}"))
  }
}
