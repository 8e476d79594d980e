import Glibc
import NNXSystem

/// A download that is not complete: bytes from the start of a file, and a note of what they belong to.
///
/// Whoever holds the lock of its key may adopt what a dead process left.
final class Partial {
  let file: DownloadFile
  var path: String { file.path }
  /// Entity tag of the answer that the bytes came from.
  private(set) var tag: String?
  /// Bytes so far.
  var count: Int { writer.count }
  private var writer: FileWriter
  private var md5 = Digest(.md5)
  private var sha256 = Digest(.sha256)

  /// Adopts what is there for `key`, or begins anew. The caller holds the lock of `key`.
  ///
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  init(key: String, in folder: String) throws(NNXError) {
    file = DownloadFile(key: key, in: folder)
    try Partial.orphan(of: key, in: folder)?.move(to: file)
    writer = try Partial.open(file.path)
    let note = try? OrderedJSON(contentsOf: file.note)
    tag = note?["etag"]?.string
    let reader = try FileReader(file.path)
    guard reader.count > 0 else { return }
    guard note != nil else {
      try restart()
      return
    }
    writer = try FileWriter(path, descriptor: writer.descriptor, count: reader.count)
    try reader.forEachPiece { (piece) throws(NNXError) in
      md5.update(piece)
      sha256.update(piece)
    }
  }

  deinit { try? writer.close() }

  private static func open(_ path: String) throws(NNXError) -> FileWriter {
    let flags = O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW
    return try FileWriter(path, descriptor: SystemCall.open(path, flags))
  }

  /// The largest download of `key` whose process is gone.
  private static func orphan(of key: String, in folder: String) throws(NNXError) -> DownloadFile? {
    var best: (file: DownloadFile, size: Int)?
    for file in try DownloadFile.all(in: folder)
    where lastComponent(file.path).hasPrefix("\(key).") && file.isFree {
      guard case .file(let size)? = Folder.kind(file.path) else { continue }
      if size > best?.size ?? -1 { best = (file, size) }
    }
    return best?.file
  }

  /// Throws the bytes away and begins anew.
  func restart() throws(NNXError) {
    guard ftruncate(writer.descriptor, 0) == 0 else { throw .system("cannot write", path) }
    writer = try FileWriter(path, descriptor: writer.descriptor)
    tag = nil
    md5 = Digest(.md5)
    sha256 = Digest(.sha256)
    SystemCall.unlink(file.note)
  }

  /// Notes what the bytes to come belong to; without this note they are of no use to anyone else.
  func note(tag: String?, url: String, name: String, total: Int?) throws(NNXError) {
    self.tag = tag
    let file = try AtomicFile(self.file.note)
    let json: OrderedJSON = [
      "file": .string(name), "url": .string(url), "etag": OrderedJSON(tag),
      "size": OrderedJSON(total),
    ]
    try file.write(json.text())
    try file.commit()
  }

  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func append(_ bytes: RawSpan) throws(NNXError) {
    try writer.write(bytes)
    md5.update(bytes)
    sha256.update(bytes)
  }

  /// The digests of all bytes; call once, when complete.
  func digests() -> (md5: String, sha256: String) {
    let result = (md5.finish(), sha256.finish())
    md5 = Digest(.md5)
    sha256 = Digest(.sha256)
    return result
  }

  /// Keeps bytes that turned out wrong for a look, under a name that nobody adopts.
  func setAside(as name: String) throws(NNXError) {
    let kept = "\(parentFolder(path))/\(name).bad"
    SystemCall.rename(path, to: kept)
    SystemCall.unlink(file.note)
    try writer.close()
    writer = try Partial.open(path)
    try restart()
  }
}
