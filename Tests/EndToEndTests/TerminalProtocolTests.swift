import Foundation
import TestSupport
import Testing

/// `nnx view` in terminals that draw sixels, and in those that do not.
@Suite struct TerminalProtocolTests {
  /// Runs a command in a pseudo-terminal that answers the question for its device attributes.
  private static let terminal = """
    import os, pty, select, sys
    answer, command = sys.argv[1], sys.argv[2:]
    child, screen = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", NNX_HOME=os.environ["NNX_HOME"])
        os.execv(command[0], command)
    seen = b""
    asked = False
    while True:
        ready, _, _ = select.select([screen], [], [], 20)
        try:
            piece = os.read(screen, 65536) if ready else b""
        except OSError:
            piece = b""
        if not piece:
            break
        seen += piece
        if b"\\x1b[c" in seen and not asked:
            asked = True
            if answer != "silence":
                os.write(screen, b"\\x1b[?" + answer.encode() + b"c")
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.stdout.buffer.write(seen)
    sys.exit(status)
    """

  private func view(_ answer: String, _ more: String..., variables: [String: String] = [:]) throws
    -> Binary.Outcome
  {
    let image = Fixtures.folder + "/reference/v2/plain_ct/image_0000.nii.gz"
    return try Binary().run(
      ["view", image] + more, environment: variables,
      under: ["/usr/bin/python3", "-c", Self.terminal, answer])
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
    let silent = try view("silence")
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
