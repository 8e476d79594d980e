import NNXSystem

/// Unpacks deflated bytes of a file from front to back: gzip (RFC 1952), with one or several members,
/// or one zlib stream (RFC 1950).
///
/// Checksums and lengths of all members are checked by zlib. Bytes after the last one are an error, unless
/// they are to be ignored: they tell of a transfer that went wrong.
package final class InflateReader {
  package enum Problem: Error {
    /// No gzip data begins where they should.
    case noGzip
    /// The file ends before the packed data do.
    case endsEarly
    /// In zlib's words.
    case isDamaged(String)
    /// Other bytes follow the end of the packed data.
    case goesOn
    case file(NNXError)
  }

  package let file: FileReader
  package let frame: Inflater.Frame
  private let ignoresRest: Bool
  private let inflater: Inflater
  private var input: [UInt8]
  /// What of `input` waits to be unpacked.
  private var waiting = 0..<0
  /// Where in the file reading goes on.
  private var offset: Int
  /// Whether a member has begun and not yet ended.
  private var isInside = true

  /// - Parameters:
  ///   - start: the byte of the file where the frame begins; it ends with the file.
  ///   - ignoresRest: whether other bytes may follow the last member.
  /// - Throws: `noGzip` when it does not begin as gzip does.
  package init(
    _ file: FileReader, _ frame: Inflater.Frame = .gzip, from start: Int = 0,
    ignoresRest: Bool = false
  ) throws(Problem) {
    self.file = file
    self.frame = frame
    self.ignoresRest = ignoresRest
    offset = start
    // Of small files no more than they hold.
    input = [UInt8](repeating: 0, count: min(1 << 18, max(1, file.count - start)))
    inflater = Inflater(frame)
    try refill()
    if frame == .gzip { guard input[waiting].starts(with: [0x1F, 0x8B]) else { throw .noGzip } }
  }

  /// Unpacks the next bytes to the beginning of `buffer`.
  ///
  /// - Returns: how many bytes were unpacked; fewer than `count` only at the end of the data.
  package func read(_ count: Int, into buffer: inout [UInt8]) throws(Problem) -> Int {
    var filled = 0
    while filled < count {
      if waiting.isEmpty { try refill() }
      if !isInside {
        guard try beginNextMember() else { break }
      }
      let step = input.withRawSpan { input in
        inflater.step(input.extracting(waiting), into: &buffer, filled..<count)
      }
      if step.taken == 0, step.made == 0, step.state == .goesOn { throw .endsEarly }
      waiting = waiting.lowerBound + step.taken..<waiting.upperBound
      filled += step.made
      switch step.state {
      case .goesOn: break
      case .isComplete: isInside = false
      case .isDamaged(let reason): throw .isDamaged(reason)
      }
    }
    return filled
  }

  /// Starts on the member that follows; false at the end of the data.
  private func beginNextMember() throws(Problem) -> Bool {
    guard let first = input[waiting].first else { return false }
    guard frame == .gzip, first == 0x1F else {
      if ignoresRest { return false }
      throw .goesOn
    }
    inflater.restart()
    isInside = true
    return true
  }

  private func refill() throws(Problem) {
    do throws(NNXError) {
      let count = try file.read(input.count, at: offset, into: &input)
      offset += count
      waiting = 0..<count
    } catch { throw .file(error) }
  }
}
