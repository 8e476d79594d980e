import NNXModel
import NNXTensor

/// From the scores of all classes to one label per voxel.
struct Decision {
  /// Labels decided so far, and what they were decided by.
  struct State {
    var labels: [UInt16]
    var best: [Float]
    /// Where rivals are asked for: the channels with the second best scores, and these scores.
    var rivals: [UInt16] = []
    var second: [Float] = []
  }

  private enum Rule {
    /// The channel with the highest score; the first of equals (NumPy's and torch's argmax).
    case highest
    /// Each region above the threshold overwrites those before it, in class order.
    case overThreshold(Float, values: [UInt16])
  }

  private let rule: Rule
  /// Where the two best scores lie so near to each other, or a region's so near to its threshold, the other choice is
  /// made: for checks of how much depends on the last bits of scores.
  private let rivalWithin: Float?

  init(_ model: ModelDescription, rivalWithin: Float? = nil) {
    self.rivalWithin = rivalWithin
    guard let order = model.labels.regionsClassOrder else {
      rule = .highest
      return
    }
    rule = .overThreshold(
      Decision.threshold(model.generation), values: order.map { UInt16($0) })
  }

  /// On probabilities instead of scores: the highest, or with regions all above one half.
  init(regionsClassOrder order: [Int]?) {
    rivalWithin = nil
    rule = order.map { .overThreshold(0.5, values: $0.map { UInt16($0) }) } ?? .highest
  }

  /// The largest score that does not count as inside a region.
  ///
  /// v1 compares probabilities with 0.5. v2 compares the float32 sigmoid of logits, which is above 0.5
  /// from 1.5 · 2⁻²⁴ on.
  private static func threshold(_ generation: ModelDescription.Generation) -> Float {
    switch generation {
    case .v1: 0.5
    case .v2: Float(0x1.8p-24).nextDown
    }
  }

  func start(count: Int) -> State {
    var state = State(
      labels: [UInt16](repeating: 0, count: count),
      best: [Float](repeating: -.infinity, count: count))
    if rivalWithin != nil { (state.rivals, state.second) = (state.labels, state.best) }
    return state
  }

  /// The labels that were decided on.
  func labels(_ state: State) -> [UInt16] {
    guard let rivalWithin, case .highest = rule else { return state.labels }
    return state.labels.indices.map {
      state.best[$0] - state.second[$0] <= rivalWithin ? state.rivals[$0] : state.labels[$0]
    }
  }

  func take(_ scores: Tensor, channel: Int, into state: inout State) {
    scores.withSpan { take($0, channel: channel, into: &state) }
  }

  func take(_ scores: Span<Float>, channel: Int, into state: inout State) {
    switch rule {
    case .highest where rivalWithin != nil:
      for index in 0..<scores.count {
        if scores[index] > state.best[index] {
          (state.rivals[index], state.second[index]) = (state.labels[index], state.best[index])
          (state.labels[index], state.best[index]) = (UInt16(channel), scores[index])
        } else if scores[index] > state.second[index] {
          (state.rivals[index], state.second[index]) = (UInt16(channel), scores[index])
        }
      }
    case .highest:
      for index in 0..<scores.count where scores[index] > state.best[index] {
        state.best[index] = scores[index]
        state.labels[index] = UInt16(channel)
      }
    case .overThreshold(let threshold, let values):
      for index in 0..<scores.count {
        let isNear = rivalWithin.map { abs(scores[index] - threshold) <= $0 } ?? false
        if (scores[index] > threshold) != isNear { state.labels[index] = values[channel] }
      }
    }
  }
}
