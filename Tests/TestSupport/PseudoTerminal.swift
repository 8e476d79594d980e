/// Runs a command as a person at a terminal would.
public enum PseudoTerminal {
  /// What runs a command in a terminal of 80 columns, with its path and arguments to follow: what it shows goes to
  /// stdout, and its exit status is the command's.
  ///
  /// - Parameters:
  ///   - seconds: after which Ctrl-C is typed.
  ///   - answer: the device attributes that it answers with when it is asked for them (`62;4;22`); `nil`: it stays silent.
  public static func wrapper(
    rows: Int = 24, interruptAfter seconds: Double = 120, answer: String? = nil
  ) -> [String] {
    ["/usr/bin/python3", "-c", script, "\(rows)", "\(seconds)", answer ?? ""]
  }

  private static let script = """
    import fcntl, os, pty, select, struct, sys, termios, time
    rows, seconds, answer = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3].encode()
    command = sys.argv[4:]
    child, screen = pty.fork()
    if child == 0:
        os.environ.update(TERM="xterm-256color", COLORTERM="truecolor")
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, 80, 0, 0))
        os.execv(command[0], command)
    seen, isAsked = b"", False
    end = time.monotonic() + seconds
    while True:
        ready = select.select([screen], [], [], 0.1)[0]
        if time.monotonic() > end:
            os.write(screen, b"\\x03")
            end = float("inf")
        if not ready:
            continue
        try:
            piece = os.read(screen, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
        if answer and not isAsked and b"\\x1b[c" in seen:
            isAsked = True
            os.write(screen, b"\\x1b[?" + answer + b"c")
    sys.stdout.buffer.write(seen)
    sys.stdout.flush()
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
}
