import Glibc
import NNXSystem

/// A folder on the store's disk where one install is put together. Goes away with the value.
///
/// `staging/PID.RANDOM/` holds a lock file that is locked while the process lives, so that the next
/// install can tell what a killed one left behind.
final class Staging {
  let path: String
  private let lock: FileLock

  /// - Throws: `cannot-write`, `no-space`.
  init(in location: StoreLocation) throws(NNXError) {
    let folder = "\(location.data)/staging"
    try Folder.create(folder)
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    path = "\(folder)/\(getpid()).\(random)"
    try Folder.create(path)
    Interruption.removeOnSignal(path)
    do throws(NNXError) {
      lock = try FileLock("\(path)/\(Staging.lockName)")
    } catch {
      try? Folder.remove(path)
      throw error
    }
  }

  deinit {
    try? Folder.remove(path)
    Interruption.forget(path)
  }

  private static let lockName = "lock"
  /// Seconds during which a folder may have no lock yet.
  private static let grace = 10

  /// Removes what killed installs left. Never fails: what cannot be removed stays.
  static func sweep(_ location: StoreLocation) {
    let folder = "\(location.data)/staging"
    guard let names = try? Folder.entries(folder) else { return }
    for name in names {
      let path = "\(folder)/\(name)"
      let pid = name.split(separator: ".").first.flatMap { Int32($0) }
      let isDead = pid.map { kill($0, 0) != 0 && errno == ESRCH } ?? true
      guard isDead || age(of: path) > grace else { continue }
      let lockPath = "\(path)/\(lockName)"
      if Folder.kind(lockPath) != nil {
        guard let lock = try? FileLock(lockPath, wait: false) else { continue }
        withExtendedLifetime(lock) { try? Folder.remove(path) }
      } else {
        try? Folder.remove(path)
      }
    }
  }

  /// Seconds since the folder last changed.
  private static func age(of path: String) -> Int {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return 0 }
    return time(nil) - status.st_mtim.tv_sec
  }
}
