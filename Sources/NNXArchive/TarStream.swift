import NNXSystem

/// The bytes of a tar archive from front to back, unpacked where they are packed with gzip.
package final class TarStream {
  let path: String
  /// How many bytes were read.
  private(set) var position = 0
  private let file: FileReader
  /// `nil` for a plain file.
  private let packed: InflateReader?
  /// Of small archives no more than they can unpack to: deflate makes a thousand bytes of one.
  private var piece: [UInt8]

  private static let pieceSize = 1 << 18
  private static let gzip: [UInt8] = [0x1F, 0x8B]

  /// - Throws: `unreadable`, `corrupt-archive`.
  init(_ file: FileReader) throws(NNXError) {
    path = file.path
    self.file = file
    let isPacked = try file.bytes(at: 0, count: min(file.count, 2)) == TarStream.gzip
    let most = file.count * (isPacked ? 1100 : 1)
    piece = [UInt8](repeating: 0, count: min(TarStream.pieceSize, max(most, 512)))
    do throws(InflateReader.Problem) {
      packed = isPacked ? try InflateReader(file, ignoresRest: true) : nil
    } catch { throw TarStream.error(error, file.path) }
  }

  /// Whether a file that begins so is a tar archive, or may be one that is packed.
  package static func isOne(_ file: FileReader) throws(NNXError) -> Bool {
    let head = try file.bytes(at: 0, count: min(file.count, 512))
    if head.starts(with: gzip) { return true }
    return head.count == 512 && head[257..<262].elementsEqual("ustar".utf8)
  }

  /// Calls `body` with the next `count` bytes, piece after piece.
  ///
  /// - Returns: how many there were; fewer only at the end.
  /// - Throws: `corrupt-archive` when they cannot be unpacked, and what `body` throws.
  @discardableResult
  package func forEachPiece(
    of count: Int, _ body: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> Int {
    var done = 0
    while done < count {
      let wanted = min(count - done, piece.count)
      let got = try read(wanted)
      try piece.withRawSpan { (bytes) throws(NNXError) in try body(bytes.extracting(0..<got)) }
      done += got
      if got < wanted { break }
    }
    return done
  }

  /// Reads the next bytes to the beginning of `piece`.
  private func read(_ count: Int) throws(NNXError) -> Int {
    let got: Int
    if let packed {
      do throws(InflateReader.Problem) { got = try packed.read(count, into: &piece) } catch {
        throw TarStream.error(error, path)
      }
    } else {
      got = try file.read(count, at: position, into: &piece)
    }
    position += got
    return got
  }

  /// Exactly the next `count` bytes; `nil` at the end of the file.
  ///
  /// - Throws: `corrupt-archive`, also when there are some but not so many.
  func bytes(_ count: Int) throws(NNXError) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    let got = try forEachPiece(of: count) { (piece) throws(NNXError) in bytes.append(piece) }
    if got == 0 { return nil }
    guard got == count else { throw damaged("it ends early") }
    return bytes
  }

  /// Passes over bytes that must be there.
  ///
  /// - Throws: `corrupt-archive`.
  func skip(_ count: Int) throws(NNXError) {
    guard try forEachPiece(of: count, { _ in }) == count else { throw damaged("it ends early") }
  }

  package func damaged(_ reason: String) -> NNXError { .corruptArchive(path, reason) }

  private static func error(_ problem: InflateReader.Problem, _ path: String) -> NNXError {
    switch problem {
    case .file(let error): error
    case .endsEarly: .corruptArchive(path, "it ends early")
    case .noGzip, .isDamaged, .goesOn: .corruptArchive(path, "it cannot be unpacked")
    }
  }
}
