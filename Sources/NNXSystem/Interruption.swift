import Glibc
import Synchronization

/// Clean ends on Ctrl-C and kill: folders and files of unfinished work are removed, then the process exits
/// with 128 plus the signal's number, unless it said otherwise (`end`).
///
/// A thread waits for the signals, so the removal is ordinary code and not a signal handler. What was
/// committed stays, what was downloaded in part stays for later.
package enum Interruption {
  private static let unfinished = Mutex<Set<String>>([])
  private static let critical = Mutex<Void>(())
  private static let lastWords = Mutex<[@Sendable () -> Void]>([])
  private static let status = Mutex<Int32?>(nil)

  /// Takes over SIGINT, SIGTERM and SIGHUP for this process, and ignores SIGPIPE and SIGXFSZ so that
  /// they become errors of the call. Call once, from `main`, before other threads are made.
  package static func begin() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
    guard unsafe pthread_sigmask(SIG_BLOCK, &signals, nil) == 0 else { return }
    var thread = pthread_t()
    unsafe pthread_create(&thread, nil, { _ in unsafe Interruption.wait() }, nil)
  }

  private static func wait() -> UnsafeMutableRawPointer? {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&signals, number) }
    var number: Int32 = 0
    while unsafe sigwait(&signals, &number) != 0 {}
    let status = status.withLock { $0 } ?? 128 + number
    leave(status, last: lastWords.withLock { $0 })
  }

  /// Ends the process where nothing can be thrown: what is unfinished is removed, other threads are not waited for.
  ///
  /// Not from within `deferred` or `create`.
  package static func leave(with status: NNXError.ExitStatus) -> Never {
    leave(status.rawValue, last: [])
  }

  /// - Parameter words: said when what is unfinished is gone.
  private static func leave(_ status: Int32, last words: [@Sendable () -> Void]) -> Never {
    // Under both locks: what must not be cut is finished, and nothing is made while the rest goes.
    critical.withLock { (_) -> Never in
      unfinished.withLock { (paths) -> Never in
        // The work goes on meanwhile: under another name nothing is added to its folder any more.
        for path in paths {
          for attempt in 0..<20 where Folder.kind(path) != nil {
            let gone = "\(path).\(attempt).gone"
            guard (try? Folder.move(path, to: gone)) != nil else { continue }
            try? Folder.remove(gone)
          }
        }
        for say in words { say() }
        _exit(status)
      }
    }
  }

  /// Says something when a signal ends the process, after what is unfinished is removed; in the order in which
  /// it was asked for.
  ///
  /// - Parameter say: called on another thread while the work may still go on; must return quickly, and
  ///   make no folder and no file.
  package static func beforeEnd(_ say: @escaping @Sendable () -> Void) {
    lastWords.withLock { $0.append(say) }
  }

  /// The exit status of this process when a signal ends it.
  package static func end(with status: NNXError.ExitStatus) {
    self.status.withLock { $0 = status.rawValue }
  }

  /// Does something short that a signal must not cut: it ends the process afterwards.
  package static func deferred<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try critical.withLock { (_) throws(Failure) -> Result in try body() }
  }

  /// Makes a folder that is removed if a signal ends the process.
  ///
  /// - Throws: `cannot-write`, `no-space`.
  package static func create(_ folder: String) throws(NNXError) {
    try unfinished.withLock { (paths) throws(NNXError) in
      paths.insert(folder)
      try Folder.create(folder)
    }
  }

  /// Opens a new file for writing that is removed if a signal ends the process.
  ///
  /// - Returns: a descriptor, or -1 with `errno` set.
  static func createFile(_ path: String, permissions: mode_t) -> Int32 {
    unfinished.withLock { paths in
      let descriptor = SystemCall.open(
        path, O_WRONLY | O_CREAT | O_EXCL, permissions: permissions)
      if descriptor >= 0 { paths.insert(path) }
      return descriptor
    }
  }

  /// What bears its final name, or is gone.
  package static func forget(_ path: String) {
    unfinished.withLock { _ = $0.remove(path) }
  }
}
