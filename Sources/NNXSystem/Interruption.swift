import Glibc
import Synchronization

/// Clean ends on Ctrl-C and kill: folders of unfinished work are removed, then the process exits with
/// 128 plus the signal's number.
///
/// A thread waits for the signals, so the removal is ordinary code and not a signal handler. What was
/// committed stays, what was downloaded in part stays for later.
package enum Interruption {
  private static let folders = Mutex<Set<String>>([])

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
    // The work goes on while its folder is taken away, and may add to it: try a few times.
    for folder in folders.withLock({ $0 }) {
      for _ in 0..<5 where Folder.kind(folder) != nil { try? Folder.remove(folder) }
    }
    _exit(128 + number)
  }

  /// Has `folder` removed if a signal ends the process.
  package static func removeOnSignal(_ folder: String) {
    folders.withLock { _ = $0.insert(folder) }
  }

  package static func forget(_ folder: String) {
    folders.withLock { _ = $0.remove(folder) }
  }
}
