import NNXModel
import NNXSystem
import Synchronization

/// The entries of one registry, each made when somebody asks for it, and once.
final class RegistryEntries: Sendable {
  /// Name and aliases of each, in the order of the document.
  let names: [[String]]
  private let read: @Sendable (Int) -> ModelCard
  private let known: Mutex<[ModelCard?]>

  /// - Parameter read: makes the entry at a position.
  init(names: [[String]], read: @escaping @Sendable (Int) -> ModelCard) {
    self.names = names
    self.read = read
    known = Mutex(Array(repeating: nil, count: names.count))
  }

  /// Entries that are there.
  convenience init(_ cards: [ModelCard]) {
    self.init(names: cards.map { [$0.name] + $0.aliases }) { cards[$0] }
  }

  subscript(position: Int) -> ModelCard {
    if let card = known.withLock({ $0[position] }) { return card }
    let card = read(position)
    known.withLock { $0[position] = card }
    return card
  }

  var all: [ModelCard] { names.indices.map { self[$0] } }
}

/// A value that is made when somebody asks for it, and once.
final class Once<Value: Sendable>: Sendable {
  private let make: @Sendable () -> Value
  private let known = Mutex<Value?>(nil)

  init(_ make: @escaping @Sendable () -> Value) { self.make = make }

  var value: Value {
    known.withLock { known in
      if let known { return known }
      let value = make()
      known = value
      return value
    }
  }
}
