import Glibc
import NNXSystem

/// Symbolic links of the store.
enum SymbolicLink {
  /// What a link says; `nil` when there is none.
  static func target(of path: String) -> String? { SystemCall.readlink(path) }

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
      guard SystemCall.symlink(temporary, to: target) else {
        throw .system("cannot write", temporary)
      }
      if SystemCall.rename(temporary, to: path) { break }
      if errno == ENOENT, attempt < 10, Folder.isFolder(parentFolder(path)) == true { continue }
      let error = NNXError.system("cannot write", path)
      SystemCall.unlink(temporary)
      throw error
    }
    try syncFolder(of: path)
  }
}
