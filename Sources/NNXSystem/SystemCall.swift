import CLinux
import Glibc

/// System calls on files, said once: texts and spans go in, answers come out.
///
/// A call that failed gives `false`, `nil` or -1, and `errno` says why: read it before anything else runs
/// (`NNXError.system`). Texts of tables and headers may hold a NUL, at which the system's paths end: such a path
/// would be that of another file, often of the folder that it was looked for in. It names none (`ENOENT`).
package enum SystemCall {
  /// Whether paths end where the system takes them to.
  private static func areWhole(_ path: String, _ other: String = "") -> Bool {
    guard path.utf8.contains(0) || other.utf8.contains(0) else { return true }
    errno = ENOENT
    return false
  }

  // MARK: Names

  /// rename(2): in one step; replaces a file that is there.
  @discardableResult
  package static func rename(_ path: String, to target: String) -> Bool {
    unsafe areWhole(path, target) && Glibc.rename(path, target) == 0
  }

  /// renameat2(2), which some file systems do not have (`EINVAL`, `ENOSYS`).
  static func rename(_ path: String, to target: String, flags: UInt32) -> Bool {
    unsafe areWhole(path, target) && renameat2(AT_FDCWD, path, AT_FDCWD, target, flags) == 0
  }

  /// link(2): a second name.
  package static func link(_ path: String, as name: String) -> Bool {
    unsafe areWhole(path, name) && Glibc.link(path, name) == 0
  }

  /// linkat(2): the first name of a file that was opened without one.
  static func link(_ descriptor: Int32, as name: String) -> Bool {
    let path = "/proc/self/fd/\(descriptor)"
    return unsafe areWhole(name) && linkat(AT_FDCWD, path, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0
  }

  /// symlink(2): `path` says `target`.
  package static func symlink(_ path: String, to target: String) -> Bool {
    unsafe areWhole(path, target) && Glibc.symlink(target, path) == 0
  }

  /// readlink(2): what a symbolic link says.
  package static func readlink(_ path: String) -> String? {
    guard areWhole(path) else { return nil }
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe Glibc.readlink(path, &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// unlink(2): takes a name from a file or a link.
  @discardableResult
  package static func unlink(_ path: String) -> Bool {
    unsafe areWhole(path) && Glibc.unlink(path) == 0
  }

  /// rmdir(2): removes an empty folder.
  @discardableResult
  package static func rmdir(_ path: String) -> Bool {
    unsafe areWhole(path) && Glibc.rmdir(path) == 0
  }

  /// mkdir(2), for everybody whom the umask lets.
  static func mkdir(_ path: String) -> Bool {
    unsafe areWhole(path) && Glibc.mkdir(path, 0o777) == 0
  }

  // MARK: Facts

  /// stat(2) or lstat(2).
  package static func status(of path: String, followsLinks: Bool = true) -> stat? {
    guard areWhole(path) else { return nil }
    var status = stat()
    let result = followsLinks ? unsafe stat(path, &status) : unsafe lstat(path, &status)
    return result == 0 ? status : nil
  }

  /// fstat(2).
  static func status(of descriptor: Int32) -> stat? {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? status : nil
  }

  /// statfs(2): the file system's type.
  static func fileSystem(of path: String) -> statfs? {
    guard areWhole(path) else { return nil }
    var status = statfs()
    return unsafe statfs(path, &status) == 0 ? status : nil
  }

  /// statvfs(3): the file system's space.
  static func space(of path: String) -> statvfs? {
    guard areWhole(path) else { return nil }
    var status = statvfs()
    return unsafe statvfs(path, &status) == 0 ? status : nil
  }

  /// access(2).
  static func access(_ path: String, _ mode: Int32) -> Bool {
    unsafe areWhole(path) && Glibc.access(path, mode) == 0
  }

  /// realpath(3): where something that exists lies, links resolved.
  static func realpath(_ path: String) -> String? {
    guard areWhole(path), let resolved = unsafe Glibc.realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// futimens(2): the file was changed now, by the clock of whoever keeps it, or when 1970 began.
  static func touch(_ descriptor: Int32, isLongAgo: Bool = false) -> Bool {
    guard isLongAgo else { return futimens(descriptor, nil) == 0 }
    return unsafe futimens(descriptor, [timespec(), timespec()]) == 0
  }

  /// readdir(3): the names in a folder, with `.` and `..`, in no order.
  static func names(in folder: String) -> [String]? {
    guard areWhole(folder), let directory = unsafe opendir(folder) else { return nil }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let capacity = MemoryLayout.size(ofValue: unsafe entry.pointee.d_name)
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: capacity) {
          unsafe String(cString: $0)
        }
      }
      names.append(name)
    }
    return names
  }

  /// strerror(3): an error of the system in words.
  static func text(of error: Int32) -> String {
    guard let text = unsafe strerror(error) else { return "error \(error)" }
    return unsafe String(cString: text)
  }

  // MARK: Bytes

  /// open(2). No process that this one starts gets the file.
  ///
  /// - Parameter permissions: of a file that is made, before the umask.
  package static func open(_ path: String, _ flags: Int32, permissions: mode_t = 0o666) -> Int32 {
    unsafe areWhole(path) ? Glibc.open(path, flags | O_CLOEXEC, permissions) : -1
  }

  /// memfd_create(2): a file that lies in memory alone.
  static func openMemory(_ name: String) -> Int32 {
    unsafe memfd_create(name, UInt32(NNX_MFD_CLOEXEC))
  }

  /// pipe(2).
  static func openPipe() -> (from: Int32, to: Int32)? {
    var ends: [Int32] = [0, 0]
    return unsafe pipe(&ends) == 0 ? (ends[0], ends[1]) : nil
  }

  /// poll(2): whether bytes wait to be read, or begin to within so many milliseconds.
  package static func isReadable(_ descriptor: Int32, within milliseconds: Int32) -> Bool {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&waiting, 1, milliseconds) > 0
  }

  /// read(2), or pread(2) from an offset, once: fewer bytes than asked for where there are no more, none at
  /// the end and after an error.
  package static func read(_ descriptor: Int32, upTo count: Int, at offset: Int? = nil) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let got = unsafe bytes.withUnsafeMutableBytes { buffer in
      if let offset { return unsafe pread(descriptor, buffer.baseAddress, count, offset) }
      return unsafe Glibc.read(descriptor, buffer.baseAddress, count)
    }
    return Array(bytes[..<max(got, 0)])
  }

  /// write(2), until all bytes are written.
  package static func write(_ descriptor: Int32, _ bytes: RawSpan) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
        let written = unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        if written < 0, errno == EINTR { continue }
        guard written > 0 else { return false }
        done += written
      }
      return true
    }
  }
}
