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
    var status = stat()
    guard unsafe fstat(STDIN_FILENO, &status) == 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count: Int
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      let place = lseek(STDIN_FILENO, 0, SEEK_CUR)
      count = unsafe pread(STDIN_FILENO, &bytes, bytes.count, place)
    case S_IFIFO:
      count = copyFromPipe(into: &bytes, milliseconds)
    default: return nil
    }
    guard count > 0 else { return nil }
    let line = bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return String(decoding: line, as: UTF8.self)
  }

  /// `tee` copies between pipes and takes nothing out of the first.
  private static func copyFromPipe(into bytes: inout [UInt8], _ milliseconds: Int32) -> Int {
    var waiting = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&waiting, 1, milliseconds) > 0 else { return 0 }
    var ends: [Int32] = [0, 0]
    guard unsafe pipe(&ends) == 0 else { return 0 }
    defer { for end in ends { close(end) } }
    guard tee(STDIN_FILENO, ends[1], UInt(bytes.count), NNX_SPLICE_F_NONBLOCK) > 0 else { return 0 }
    return unsafe read(ends[0], &bytes, bytes.count)
  }
}
