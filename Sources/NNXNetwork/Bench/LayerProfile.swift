import Glibc
internal import NNXSystem

/// What a layer does and where its time goes, measured on one patch.
package struct LayerProfile: Sendable {
  /// What all threads do in a layer besides waiting for each other.
  package enum Part: String, CaseIterable, Sendable {
    /// Gathering, or transforming inputs to points.
    case input
    /// Making points of weights.
    case weights
    case products
    /// Transforming products back, and storing.
    case output
    /// From sums to scale and shift, and the padding.
    case norm
  }

  /// What follows from the shapes alone.
  package struct Facts: Sendable {
    /// Input channels, and the output's channels and extents `(z, y, x)`.
    package var inputs: Int
    package var channels: Int
    package var extents: [Int]
    /// Multiplications of the matrix products, lanes without a channel included.
    package var multiplications = 0.0
    /// Bytes that cannot stay in a core's second cache, by an estimate: inputs once, outputs twice (a line
    /// is read before it is written), weights each time they are needed, and operands that threads share.
    package var distantBytes = 0.0
  }

  /// Prefix of the layer's weights, and how it is done.
  package var name: String
  package var facts: Facts
  package var cost: Cost
  /// Wall seconds of each part, the mean of the threads.
  package var parts: [Part: Double]

  /// Wall seconds in which threads wait for others, or do what is no part.
  package var waiting: Double { max(0, cost.wall - parts.values.reduce(0, +)) }

  /// Operations per second of the products while they run, two for each multiplication, all threads together.
  package var productRate: Double? {
    guard let seconds = parts[.products], seconds > 0 else { return nil }
    return 2 * facts.multiplications / seconds
  }

  /// The medians of several profiles of one layer.
  static func median(_ profiles: [LayerProfile]) -> LayerProfile {
    var result = profiles[0]
    result.cost = Cost.median(profiles.map(\.cost))
    for part in result.parts.keys {
      result.parts[part] = profiles.map { $0.parts[part] ?? 0 }.median
    }
    return result
  }
}

/// Bytes of a core's second cache; 1 MiB where the system does not tell.
enum SecondCache {
  static let bytes: Int = {
    let size = sysconf(Int32(_SC_LEVEL2_CACHE_SIZE))
    return size > 0 ? size : 1 << 20
  }()
}
