import NNXSystem
import Synchronization

/// An HTTP client that keeps at most two connections to a host, whatever else this user runs.
///
/// Zenodo blocks clients that open more. Each request holds one of two locks of its host, in files of
/// the cache folder; the kernel frees them when a process dies. Where locks cannot be had (a read-only
/// cache, a file system without them) requests go out all the same.
final class ConnectionLimit: HTTPClient {
  /// Connections to one host.
  static let most = 2
  /// Seconds between two looks for a free one.
  private static let pause = 0.1

  private let client: any HTTPClient
  private let folder: String
  private let clock: TransferClock
  private let onWait: @Sendable (_ host: String) -> Void
  private let hasWaited = Mutex(false)

  /// - Parameters:
  ///   - folder: where the locks lie; made when missing.
  ///   - onWait: called once, when a request has to wait for other processes.
  init(
    _ client: any HTTPClient, folder: String, clock: TransferClock = .system,
    onWait: @escaping @Sendable (_ host: String) -> Void = { _ in }
  ) {
    self.client = client
    self.folder = folder
    self.clock = clock
    self.onWait = onWait
  }

  func get(
    _ request: HTTPRequest, onHead: (HTTPHead) throws(NNXError) -> Void,
    onBytes: (RawSpan) throws(NNXError) -> Void
  ) throws(NNXError) -> HTTPHead {
    let lock = lock(URLParts(request.url)?.authority ?? "none")
    defer { withExtendedLifetime(lock) {} }
    return try client.get(request, onHead: onHead, onBytes: onBytes)
  }

  /// One of the host's locks; `nil` when there can be none.
  private func lock(_ host: String) -> FileLock? {
    do throws(NNXError) { try Folder.create(folder) } catch { return nil }
    while true {
      for number in 1...ConnectionLimit.most {
        do throws(NNXError) {
          return try FileLock("\(folder)/\(host).\(number).lock", wait: false)
        } catch {
          guard error.code == .lockedBy else { return nil }
        }
      }
      let isFirst = hasWaited.withLock { waited in
        defer { waited = true }
        return !waited
      }
      if isFirst { onWait(host) }
      clock.sleep(ConnectionLimit.pause)
    }
  }
}
