import Glibc
import NNXSystem

/// A folder on the store's disk where one install is put together. Goes away with the value.
///
/// `staging/PID.RANDOM.HOST/` holds a lock file that is locked while the process lives, so that the next
/// install can tell what a killed one left behind.
final class Staging {
  let path: String
  private let lock: FileLock

  /// - Throws: `cannot-write`, `no-space`.
  init(in location: StoreLocation) throws(NNXError) {
    let folder = "\(location.data)/staging"
    try Folder.create(folder)
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    path = "\(folder)/\(getpid()).\(random).\(ProcessFacts.hostLabel)"
    try Interruption.create(path)
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
  /// Seconds after which a folder is nobody's, although its process cannot be asked.
  private static let abandoned = 86_400

  /// Removes what killed installs left. Never fails: what cannot be removed stays.
  ///
  /// Locks alone do not decide, for they may do nothing on a network file system: the folder of a
  /// process that runs here, or that ran on another machine, must also be old.
  static func sweep(_ location: StoreLocation) {
    let folder = "\(location.data)/staging"
    for name in (try? Folder.entries(folder)) ?? [] {
      _ = whileAbandoned("\(folder)/\(name)") { try? Folder.remove("\(folder)/\(name)") }
    }
  }

  /// Whether the process that made a staging folder is gone.
  static func isAbandoned(_ path: String) -> Bool { whileAbandoned(path) {} }

  /// Calls `body` if the process that made the folder is gone, with its lock held where there is one.
  private static func whileAbandoned(_ path: String, _ body: () -> Void) -> Bool {
    let parts = lastComponent(path).split(separator: ".")
    // What is called otherwise is somebody's own, who keeps a store among other things.
    guard parts.count >= 2, let pid = Int32(parts[0]) else { return false }
    let isFromHere = parts.count < 3 || parts[2] == ProcessFacts.hostLabel
    guard isFromHere && ProcessFacts.isGone(pid) || age(of: path) > abandoned else { return false }
    let lockPath = "\(path)/\(lockName)"
    guard Folder.kind(lockPath) != nil else {
      body()
      return true
    }
    guard let lock = try? FileLock(lockPath, wait: false) else { return false }
    withExtendedLifetime(lock, body)
    return true
  }

  /// Seconds since the folder last changed.
  private static func age(of path: String) -> Int {
    guard let status = SystemCall.status(of: path, followsLinks: false) else { return 0 }
    return time(nil) - status.st_mtim.tv_sec
  }
}
