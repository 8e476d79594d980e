import Glibc

/// Small files in a folder that several machines share, which say by their names who was first and by their
/// times who is alive.
///
/// Times are those that the folder's own system gives; no machine's clock is looked at.
package enum SharedFile {
  /// Makes a file that only the first can make. Its bytes come a moment later than its name.
  ///
  /// - Returns: whether this call made it. A server that answers late may say that a file is there which this
  ///   very call made: whoever is told `false` reads it.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  package static func claim(_ path: String, _ bytes: [UInt8]) throws(NNXError) -> Bool {
    var descriptor = SystemCall.open(path, O_WRONLY | O_CREAT | O_EXCL)
    if descriptor < 0, errno == ENOENT {
      try Folder.create(parentFolder(path))
      descriptor = SystemCall.open(path, O_WRONLY | O_CREAT | O_EXCL)
    }
    guard descriptor >= 0 else {
      if errno == EEXIST { return false }
      throw .system("cannot write", path)
    }
    var writer = try FileWriter(path, descriptor: descriptor)
    defer { try? writer.close() }
    try bytes.withRawSpan { (span) throws(NNXError) in try writer.write(span) }
    try writer.close()
    return true
  }

  /// Writes over the bytes of a file, which are as many, and says that it was changed now.
  ///
  /// - Returns: whether the file is there and took them.
  package static func refresh(_ path: String, _ bytes: [UInt8]) -> Bool {
    let descriptor = SystemCall.open(path, O_WRONLY)
    guard descriptor >= 0 else { return false }
    let isWritten =
      bytes.withRawSpan { SystemCall.write(descriptor, $0) } && SystemCall.touch(descriptor)
    return close(descriptor) == 0 && isWritten
  }

  /// Says that a file was last changed long ago, so that nobody waits for its owner.
  package static func giveUp(_ path: String) {
    let descriptor = SystemCall.open(path, O_WRONLY)
    guard descriptor >= 0 else { return }
    _ = SystemCall.touch(descriptor, isLongAgo: true)
    close(descriptor)
  }

  /// When a file was changed, in seconds since 1970; `nil` where there is none.
  ///
  /// It is opened for that: so a network's file system asks its server.
  package static func changed(_ path: String) -> Double? {
    let descriptor = SystemCall.open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return SystemCall.status(of: descriptor).map(\.changed)
  }

  /// What time it is for the system that keeps a file: the file is changed, and asked when that was. It is made
  /// where it is not there.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  package static func now(_ path: String) throws(NNXError) -> Double {
    var descriptor = SystemCall.open(path, O_WRONLY | O_CREAT)
    if descriptor < 0, errno == ENOENT {
      try Folder.create(parentFolder(path))
      descriptor = SystemCall.open(path, O_WRONLY | O_CREAT)
    }
    guard descriptor >= 0 else { throw .system("cannot write", path) }
    defer { close(descriptor) }
    guard SystemCall.touch(descriptor), let status = SystemCall.status(of: descriptor) else {
      throw .system("cannot write", path)
    }
    return status.changed
  }

  /// Writes a whole file, which only the first can do: it appears with all its bytes, or not at all.
  ///
  /// - Parameter owner: a name that no other process has, for the file that there is meanwhile where a file system
  ///   makes none without a name.
  /// - Returns: whether this call made it.
  /// - Throws: `cannot-write`, `no-space`, `unreadable`.
  package static func publish(
    _ path: String, _ bytes: [UInt8], owner: String
  ) throws(NNXError) -> Bool {
    let folder = parentFolder(path)
    try Folder.create(folder)
    // O_TMPFILE of <fcntl.h>, which Swift does not show.
    let descriptor = SystemCall.open(folder, 0o20_000_000 | O_DIRECTORY | O_RDWR)
    guard descriptor >= 0 else { return try publishNamed(path, bytes, owner) }
    defer { close(descriptor) }
    guard bytes.withRawSpan({ SystemCall.write(descriptor, $0) }), fsync(descriptor) == 0 else {
      throw .system("cannot write", path)
    }
    if SystemCall.link(descriptor, as: path) { return true }
    if errno == EEXIST { return false }
    return try publishNamed(path, bytes, owner)
  }

  /// The name of what `publish` may leave when its process is killed.
  package static func temporary(of path: String, owner: String) -> String {
    "\(parentFolder(path))/.\(lastComponent(path)).\(owner)"
  }

  /// As `publish`, on file systems that make no files without names.
  static func publishNamed(
    _ path: String, _ bytes: [UInt8], _ owner: String
  ) throws(NNXError) -> Bool {
    let temporary = temporary(of: path, owner: owner)
    var writer = try FileWriter(
      temporary, descriptor: SystemCall.open(temporary, O_WRONLY | O_CREAT | O_TRUNC))
    defer { SystemCall.unlink(temporary) }
    do {
      defer { try? writer.close() }
      try bytes.withRawSpan { (span) throws(NNXError) in try writer.write(span) }
      guard fsync(writer.descriptor) == 0 else { throw NNXError.system("cannot write", path) }
      try writer.close()
    } catch let error as NNXError { throw error } catch { preconditionFailure("\(error)") }
    if SystemCall.link(temporary, as: path) { return true }
    if errno == EEXIST {
      // An answer that came late may be about our own link.
      return FileIdentity(temporary) == FileIdentity(path)
    }
    do throws(NNXError) { try Folder.place(temporary, at: path) } catch {
      if error.code == .outputExists { return false }
      throw error
    }
    return true
  }
}

extension stat {
  /// Seconds since 1970.
  fileprivate var changed: Double { Double(st_mtim.tv_sec) + Double(st_mtim.tv_nsec) * 1e-9 }
}
