import CLinux
import Glibc

/// What waits on standard input, looked at and left there: in `while read name; do nnx …; done` the
/// input belongs to the loop.
package enum WaitingInput {
  /// The first line, without its end.
  ///
  /// - Parameter milliseconds: how long a pipe may take to bring something.
  /// - Returns: `nil` when nothing waits, and for terminals and devices.
  package static func firstLine(milliseconds: Int32 = 100) -> String? {
    guard let status = SystemCall.status(of: STDIN_FILENO) else { return nil }
    let bytes: [UInt8]
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      bytes = SystemCall.read(STDIN_FILENO, upTo: most, at: lseek(STDIN_FILENO, 0, SEEK_CUR))
    case S_IFIFO: bytes = copyFromPipe(milliseconds)
    default: return nil
    }
    guard !bytes.isEmpty else { return nil }
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: line, as: UTF8.self)
  }

  private static let most = 4096

  /// `tee` copies between pipes and takes nothing out of the first.
  private static func copyFromPipe(_ milliseconds: Int32) -> [UInt8] {
    guard SystemCall.isReadable(STDIN_FILENO, within: milliseconds),
      let pipe = SystemCall.openPipe()
    else { return [] }
    defer { for end in [pipe.from, pipe.to] { close(end) } }
    guard tee(STDIN_FILENO, pipe.to, UInt(most), NNX_SPLICE_F_NONBLOCK) > 0 else { return [] }
    return SystemCall.read(pipe.from, upTo: most)
  }
}
