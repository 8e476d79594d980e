import Synchronization

/// Where readers tell what is odd about a file and does not forbid its use, so that every verb says it,
/// whatever it does with the image.
package enum Remarks {
  package typealias Listener = @Sendable (_ path: String, _ remark: String) -> Void

  private struct State {
    var listener: Listener?
    var quiet = 0
  }

  private static let state = Mutex(State())

  /// Has readers call this for each remark of each file, on the thread that reads.
  package static func listen(_ listener: @escaping Listener) {
    state.withLock { $0.listener = listener }
  }

  /// Reads what nnx itself has made, of which there is nothing new to tell.
  package static func quietly<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    state.withLock { $0.quiet += 1 }
    defer { state.withLock { $0.quiet -= 1 } }
    return try body()
  }

  /// Tells what is odd about a file.
  package static func tell(_ remarks: [String], of path: String) {
    guard !remarks.isEmpty else { return }
    guard let listener = state.withLock({ $0.quiet == 0 ? $0.listener : nil }) else { return }
    for remark in remarks { listener(path, remark) }
  }
}
