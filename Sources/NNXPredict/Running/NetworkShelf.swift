import NNXNetwork
import NNXTensor
import Synchronization

/// The networks that ran for one case, for the next: their weights need not be read and packed again.
///
/// Cases whose networks run at the same time have networks of their own, which share weights and divide the threads.
final class NetworkShelf: Sendable {
  /// Networks of which one case has the use.
  private struct Share: @unchecked Sendable {
    let networks: [Network]
  }

  private struct State {
    var name = ""
    var free: [Share] = []
  }

  /// How many cases have their networks at the same time, and what all of these may use.
  let abreast: Int
  let threads: Threads
  private let state = Mutex(State())

  init(abreast: Int = 1, threads: Threads) { (self.abreast, self.threads) = (abreast, threads) }

  /// Networks of a name for one case, until `giveBack`. They are made, for all cases, where others, or none, are there.
  ///
  /// - Parameters:
  ///   - count: of the networks of each case.
  ///   - make: makes so many with the threads of all cases.
  func take(_ name: String, _ count: Int, or make: (Int) throws -> [Network]) throws -> [Network] {
    try state.withLock { state in
      if state.name != name { (state.name, state.free) = (name, []) }
      if state.free.isEmpty {
        // The plain engine makes one of any number.
        let all = try make(count * abreast)
        let size = all.count == count * abreast ? count : max(all.count, 1)
        for first in stride(from: 0, to: all.count, by: size) {
          state.free.append(Share(networks: Array(all[first..<first + size])))
        }
      }
      return state.free.popLast()?.networks ?? []
    }
  }

  /// Leaves the networks of a case to the next one.
  func giveBack(_ name: String, _ networks: [Network]) {
    state.withLock { state in
      if state.name == name { state.free.append(Share(networks: networks)) }
    }
  }

  /// Gives the memory of those back that no case has.
  func clear() { state.withLock { $0 = State() } }
}
