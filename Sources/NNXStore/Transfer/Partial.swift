import Glibc
import NNXSystem

/// A download that is not complete: bytes from the start of a file, and a note of what they belong to.
///
/// `downloads/KEY.PID.RANDOM.part` and `….part.json`. The name is the process's own, so that two
/// writers never share a file even where locks do nothing. Whoever holds the lock of KEY may adopt
/// what a dead process left; its bytes are hashed again before they are used.
final class Partial {
  let path: String
  /// Entity tag of the answer that the bytes came from.
  private(set) var tag: String?
  /// Bytes so far.
  private(set) var count = 0
  private var descriptor: Int32
  private var md5 = Digest(.md5)
  private var sha256 = Digest(.sha256)

  /// Adopts what is there for `key`, or begins anew. The caller holds the lock of `key`.
  ///
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  init(key: String, in folder: String) throws(NNXError) {
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    path = "\(folder)/\(key).\(getpid()).\(random).part"
    if let orphan = try Partial.orphan(of: key, in: folder) {
      unsafe rename("\(orphan).json", "\(path).json")
      unsafe rename(orphan, path)
    }
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw .system("cannot write", path) }
    let note = try? OrderedJSON(contentsOf: "\(path).json")
    tag = note?["etag"]?.string
    let reader = try FileReader(path)
    guard reader.count > 0 else { return }
    guard note != nil else {
      try restart()
      return
    }
    try reader.forEachPiece { (piece) throws(NNXError) in
      md5.update(piece)
      sha256.update(piece)
      count += piece.byteCount
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The largest partial of `key` whose process is gone.
  private static func orphan(of key: String, in folder: String) throws(NNXError) -> String? {
    var best: (path: String, size: Int)?
    for name in try Folder.entries(folder)
    where name.hasPrefix("\(key).") && name.hasSuffix(".part") {
      let parts = name.split(separator: ".")
      guard parts.count == 4, let pid = Int32(parts[1]),
        case .file(let size)? =
          Folder.kind("\(folder)/\(name)")
      else { continue }
      guard pid == getpid() || (kill(pid, 0) != 0 && errno == ESRCH) else { continue }
      if size > best?.size ?? -1 { best = ("\(folder)/\(name)", size) }
    }
    return best?.path
  }

  /// Throws the bytes away and begins anew.
  func restart() throws(NNXError) {
    guard ftruncate(descriptor, 0) == 0 else { throw .system("cannot write", path) }
    count = 0
    tag = nil
    md5 = Digest(.md5)
    sha256 = Digest(.sha256)
    unsafe unlink("\(path).json")
  }

  /// Notes what the bytes to come belong to; without this note they are of no use to anyone else.
  func note(tag: String?, url: String, name: String, total: Int?) throws(NNXError) {
    self.tag = tag
    let file = try AtomicFile("\(path).json")
    let json: OrderedJSON = [
      "file": .string(name), "url": .string(url), "etag": OrderedJSON(tag),
      "size": OrderedJSON(total),
    ]
    try file.write(json.text())
    try file.commit()
  }

  /// - Throws: `no-space`, `unreadable` (an I/O error).
  func append(_ bytes: RawSpan) throws(NNXError) {
    try unsafe bytes.withUnsafeBytes { (buffer) throws(NNXError) in
      var rest = unsafe buffer
      while unsafe !rest.isEmpty {
        let written = unsafe write(descriptor, rest.baseAddress, rest.count)
        if written < 0 {
          if errno == EINTR { continue }
          throw .system("cannot write", path)
        }
        unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
      }
    }
    md5.update(bytes)
    sha256.update(bytes)
    count += bytes.byteCount
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
    unsafe rename(path, kept)
    unsafe unlink("\(path).json")
    close(descriptor)
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o666)
    guard descriptor >= 0 else { throw .system("cannot write", path) }
    try restart()
  }
}
