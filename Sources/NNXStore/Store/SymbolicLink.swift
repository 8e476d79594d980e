import Glibc
import NNXSystem

/// Symbolic links of the store.
enum SymbolicLink {
  /// What a link says; `nil` when there is none.
  static func target(of path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(path, &buffer, buffer.count)
    guard count > 0, count < buffer.count else { return nil }
    return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Makes `path` a link that says `target`, replacing a link there in one step.
  ///
  /// - Throws: `cannot-write`, also when something other than a link is there.
  static func set(_ path: String, to target: String) throws(NNXError) {
    guard SymbolicLink.target(of: path) != target else { return }
    let kind = Folder.kind(path)
    guard kind == nil || kind == .link else {
      throw NNXError(.cannotWrite, "\(path) is in the way: it is not a link of nnx")
    }
    // Where locks do nothing, another process may sweep the temporary link away before its rename.
    for attempt in 1... {
      let random = String(UInt64.random(in: .min ... .max), radix: 36)
      let temporary = "\(path).\(getpid()).\(random).tmp"
      guard unsafe symlink(target, temporary) == 0 else {
        throw .system("cannot write", temporary)
      }
      if unsafe rename(temporary, path) == 0 { break }
      if errno == ENOENT, attempt < 10, Folder.isFolder(parentFolder(path)) == true { continue }
      let error = NNXError.system("cannot write", path)
      unsafe unlink(temporary)
      throw error
    }
    try syncFolder(of: path)
  }
}
