import Glibc

/// A file that appears under its name only when it is complete and on the disk.
///
/// Bytes go to a temporary file in the same folder; `commit()` flushes and renames it. A value that
/// is dropped before that leaves nothing behind, and neither does a process that a signal ends.
package final class AtomicFile {
  package let path: String
  let temporaryPath: String
  private var writer: FileWriter
  private var seal: FileSeal?
  /// Bytes written so far.
  package var count: Int { writer.count }

  /// - Parameters:
  ///   - permissions: of the finished file, before the umask.
  ///   - isSealed: whether the first bytes that are written hold `FileSeal.blank`, to be filled.
  /// - Throws: `file-not-found` when the folder is missing, `cannot-write`, `no-space`.
  package init(
    _ path: String, permissions: mode_t = 0o666, isSealed: Bool = false
  ) throws(NNXError) {
    self.path = path
    seal = isSealed ? FileSeal() : nil
    let random = UInt64.random(in: .min ... .max)
    temporaryPath = "\(path).\(getpid()).\(String(random, radix: 36)).tmp"
    writer = try FileWriter(
      path, descriptor: Interruption.createFile(temporaryPath, permissions: permissions))
  }

  deinit {
    Interruption.forget(temporaryPath)
    guard writer.descriptor >= 0 else { return }
    try? writer.close()
    SystemCall.unlink(temporaryPath)
  }

  /// Appends bytes.
  ///
  /// - Throws: `no-space`, `unreadable` (an I/O error).
  package func write(_ bytes: RawSpan) throws(NNXError) {
    seal?.update(bytes)
    try writer.write(bytes)
  }

  package func write(_ bytes: [UInt8]) throws(NNXError) {
    try bytes.withRawSpan { (span) throws(NNXError) in try write(span) }
  }

  package func write(_ text: String) throws(NNXError) { try write(Array(text.utf8)) }

  /// Makes the file durable and visible, replacing what stood under its name.
  package func commit() throws(NNXError) {
    if let seal, let place = seal.place {
      try writer.replace(at: place, with: Array(seal.text.utf8))
    }
    guard fsync(writer.descriptor) == 0 else { throw .system("cannot write", path) }
    do throws(NNXError) {
      try writer.close()
      guard SystemCall.rename(temporaryPath, to: path) else {
        throw NNXError.system("cannot write", path)
      }
    } catch {
      SystemCall.unlink(temporaryPath)
      throw error
    }
    try syncFolder(of: path)
  }
}

extension AtomicFile {
  /// Writes a whole file.
  ///
  /// - Throws: as `init(_:permissions:)`, `write(_:)` and `commit()`.
  package static func write(_ bytes: [UInt8], to path: String) throws(NNXError) {
    let file = try AtomicFile(path)
    try file.write(bytes)
    try file.commit()
  }

  package static func write(_ text: String, to path: String) throws(NNXError) {
    try write(Array(text.utf8), to: path)
  }

  /// Removes files of a folder that processes of this machine were killed before they could name. Never
  /// fails: what cannot be removed stays.
  ///
  /// - Parameter file: only those that were to become this one; empty for all, in folders of nnx.
  package static func removeAbandoned(in folder: String, of file: String = "") {
    let prefix = file.isEmpty ? "" : "\(file)."
    for name in (try? Folder.entries(folder)) ?? []
    where name.hasPrefix(prefix) && name.hasSuffix(".tmp") {
      guard let pid = name.split(separator: ".").dropLast(2).last.flatMap({ Int32($0) }),
        ProcessFacts.isGone(pid)
      else { continue }
      SystemCall.unlink("\(folder)/\(name)")
    }
  }
}

/// Makes sure that a small file with a text that never changes is there. Without a temporary file: whoever
/// comes after a process that was killed here completes it, and all write the same bytes.
///
/// - Throws: `cannot-write`, `no-space`.
package func keepFile(_ path: String, _ text: String) throws(NNXError) {
  let bytes = Array(text.utf8)
  if let known = try? FileReader(path), known.count == bytes.count { return }
  var writer = try FileWriter(path, descriptor: SystemCall.open(path, O_WRONLY | O_CREAT))
  defer { try? writer.close() }
  try bytes.withRawSpan { (span) throws(NNXError) in try writer.write(span) }
}

/// Flushes the folder entry of `path`, so that a rename survives a power cut.
package func syncFolder(of path: String) throws(NNXError) {
  let folder = parentFolder(path)
  let descriptor = SystemCall.open(folder, O_RDONLY | O_DIRECTORY)
  guard descriptor >= 0 else { throw .system("cannot open", folder) }
  defer { close(descriptor) }
  // Some network file systems refuse to sync folders; they order renames themselves.
  guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else {
    throw .system("cannot write", folder)
  }
}
