import NNXNetwork

/// The networks that ran for one case, for the next: their weights need not be read and packed again.
final class NetworkShelf {
  private var name = ""
  private var networks: [Network] = []

  /// The networks of a name, which are made where others, or none, are there. Of two names never both exist.
  func networks(_ name: String, or make: () throws -> [Network]) rethrows -> [Network] {
    if name != self.name {
      clear()
      networks = try make()
      self.name = name
    }
    return networks
  }

  /// Gives their memory back.
  func clear() { (name, networks) = ("", []) }
}
