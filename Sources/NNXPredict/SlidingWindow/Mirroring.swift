import NNXModel

/// The passes of test-time mirroring, in nnU-Net's order.
enum Mirroring {
  /// Subsets of `axes`, the empty one first.
  ///
  /// v2: single axes in the order given, then pairs, then all three
  /// (`_internal_maybe_mirror_and_predict`). v1: the fixed order of `_internal_maybe_mirror_and_pred_3D`
  /// and `…_2D` in `nnunet/network_architecture/neural_network.py`, last axis first. The order moves
  /// only the last bits of the mean.
  static func passes(axes: [Int], generation: ModelDescription.Generation) -> [[Int]] {
    switch generation {
    case .v2:
      return subsets(of: axes).sorted { $0.count < $1.count }
    case .v1:
      return (0..<(1 << axes.count)).map { bits in
        axes.indices.filter { bits >> (axes.count - 1 - $0) & 1 == 1 }.map { axes[$0] }
      }
    }
  }

  /// Subsets in the order of `itertools.combinations` within each size.
  private static func subsets(of axes: [Int]) -> [[Int]] {
    guard let first = axes.first else { return [[]] }
    let rest = subsets(of: Array(axes.dropFirst()))
    return rest.map { [first] + $0 } + rest
  }
}
