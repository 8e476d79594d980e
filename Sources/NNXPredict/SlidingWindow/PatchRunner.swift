import NNXModel
import NNXNetwork
import NNXTensor

/// A network with the patch that it works on: cuts a tile, runs the network, and keeps the scores until it
/// is their turn to be added up.
final class PatchRunner {
  let threads: Threads
  private let network: Network
  private let model: ModelDescription
  private let grid: TileGrid
  private let input: Tensor
  private let previous: PreviousLabels?
  /// The network's input, and the number of the tile that it holds.
  private let tile: Tensor
  private var number: Int?
  /// Of one run; `nil` when runs add to the total themselves.
  private let scores: Tensor?
  private let looksForNonFinite: Bool

  /// - Parameters:
  ///   - input: the images, `(c, z, y, x)`.
  ///   - previous: in a cascade, the labels of the stage before, whose channels follow.
  ///   - keepsScores: whether `addScores` adds them instead of `run`; v1 needs it.
  ///   - looksForNonFinite: whether a patch with values that are no numbers gets scores that are none, without
  ///     a run; needs `keepsScores`.
  init(
    _ network: Network, _ model: ModelDescription, _ grid: TileGrid, of input: Tensor,
    previous: PreviousLabels?, keepsScores: Bool, looksForNonFinite: Bool = false,
    threads: Threads
  ) {
    precondition(keepsScores || !looksForNonFinite)
    self.looksForNonFinite = looksForNonFinite
    (self.network, self.model, self.grid, self.threads) = (network, model, grid, threads)
    (self.input, self.previous) = (input, previous)
    tile = Tensor(network.inputShape)
    scores = keepsScores ? Tensor(network.outputShape) : nil
  }

  /// Runs the network on a mirrored copy of a tile: logits for v2, probabilities for v1.
  ///
  /// - Parameters:
  ///   - isFirst: whether it is the tile's first run, which replaces what `total` holds.
  ///   - total: left alone when scores are kept.
  func run(_ number: Int, mirror: [Int], isFirst: Bool, into total: Tensor) {
    cut(number)
    guard let scores else {
      network.forward(tile, mirror: mirror, into: total, accumulate: !isFirst)
      return
    }
    guard !looksForNonFinite || tile.isFinite else {
      scores.withMutableSpan { for index in 0..<$0.count { $0[index] = .nan } }
      return
    }
    network.forward(tile, mirror: mirror, into: scores)
    if model.generation == .v1 {
      Nonlinearity.apply(
        model.labels.hasRegions ? .sigmoid : .softmax, to: scores, threads: threads)
    }
  }

  /// Runs the network on a tile and adds its logits to a volume at once.
  func run(_ number: Int, addingTo place: PatchSum) {
    cut(number)
    network.forward(tile, addingTo: place)
  }

  private func cut(_ number: Int) {
    if self.number == number { return }
    let origin = grid.origin(number)
    cut(at: origin)
    if let previous { cut(previous, at: origin) }
    self.number = number
  }

  /// Adds the kept scores of the last run to the sum over the mirrored copies of its tile.
  func addScores(to total: Tensor, isFirst: Bool) {
    guard let scores else { return }
    threads.forEachBlock(of: total.count) { block in
      scores.withSpan { source in
        total.withMutableSpan { target in
          for index in block {
            target[index] = isFirst ? source[index] : target[index] + source[index]
          }
        }
      }
    }
  }

  /// Copies the tile out of the volume; what lies outside is zero.
  private func cut(at origin: [Int]) {
    let (volume, patch) = (grid.volume, grid.patch)
    let inside = grid.inside(origin)
    let isWhole = zip(inside, patch).allSatisfy { $0.count == $1 }
    input.withSpan { source in
      tile.withMutableSpan { target in
        if !isWhole {
          for index in 0..<target.count { target[index] = 0 }
        }
        for channel in 0..<input.shape[0] {
          for z in inside[0] {
            for y in inside[1] {
              let from = ((channel * volume[0] + z) * volume[1] + y) * volume[2]
              let to =
                ((channel * patch[0] + z - origin[0]) * patch[1] + y - origin[1]) * patch[2]
                - origin[2]
              for x in inside[2] { target[to + x] = source[from + x] }
            }
          }
        }
      }
    }
  }

  /// Cuts the channels of the previous labels, which follow those of the images.
  private func cut(_ previous: PreviousLabels, at origin: [Int]) {
    let (volume, patch) = (grid.volume, grid.patch)
    let inside = grid.inside(origin)
    let first = tile.shape[0] - previous.values.count
    for channel in previous.values.indices {
      for z in inside[0] {
        for y in inside[1] {
          let row = (z * volume[1] + y) * volume[2]
          let to =
            (((first + channel) * patch[0] + z - origin[0]) * patch[1] + y - origin[1]) * patch[2]
          previous.copy(
            row + inside[2].lowerBound..<row + inside[2].upperBound, channel: channel, to: tile,
            at: to + inside[2].lowerBound - origin[2])
        }
      }
    }
  }
}
