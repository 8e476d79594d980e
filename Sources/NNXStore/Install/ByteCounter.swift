import NNXSystem
import Synchronization

/// Reports bytes done, at most once per megabyte and at the end.
struct ByteCounter {
  private let stage: ProgressEvent.Stage
  private let item: String
  private let total: Int?
  private let handler: ProgressHandler
  private(set) var done: Int
  private var reported = Int.min / 2

  init(
    _ stage: ProgressEvent.Stage, _ item: String, total: Int?, from start: Int = 0,
    _ handler: @escaping ProgressHandler
  ) {
    self.stage = stage
    self.item = item
    self.total = total
    self.handler = handler
    done = start
  }

  mutating func add(_ count: Int) {
    done += count
    if done - reported >= 1 << 20 { finish() }
  }

  /// Reports the bytes so far.
  mutating func finish() {
    reported = done
    handler(ProgressEvent(stage, item, done, of: total, .bytes))
  }
}

/// A counter that several threads add to; reports come one after the other.
final class SharedCounter: Sendable {
  private let counter: Mutex<ByteCounter>

  init(_ counter: sending ByteCounter) { self.counter = Mutex(counter) }

  func add(_ count: Int) { counter.withLock { $0.add(count) } }

  /// Reports the bytes so far.
  func finish() { counter.withLock { $0.finish() } }
}

/// A value that several threads change.
final class Shared<Value: Sendable>: Sendable {
  private let storage: Mutex<Value>

  init(_ value: Value) { storage = Mutex(value) }

  var value: Value { storage.withLock { $0 } }

  func change(_ body: (inout Value) -> Void) { storage.withLock { body(&$0) } }
}
