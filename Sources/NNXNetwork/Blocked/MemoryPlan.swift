internal import NNXModel
internal import NNXTensor

/// Where each value lies in one arena.
///
/// Values that are never alive together share memory. A convolution that goes slab by slab writes over an
/// input that nobody reads after it: both lie in one slot, shifted against each other by at least the
/// planes that a slab reads, and slabs go in the direction in which only what was read before is written.
/// A map that is upsampled for such a convolution is held a slab at a time. What a convolution works in lies where
/// no value is alive meanwhile.
struct MemoryPlan {
  typealias Value = NetworkGraph.Value

  struct Place: Equatable {
    /// Floats in front of the first channel block.
    var offset: Int
    /// Floats from one channel block to the next.
    var blockStride: Int
  }

  /// The frame of each whole value; the input has none.
  let frames: [Frame?]
  /// For upsampled values that are held a slab at a time, the frame of what is held.
  let heldFrames: [Value: Frame]
  /// For each value that has a frame.
  let places: [Place?]
  /// Outputs of convolutions that slide over an input: whether the last slab comes first.
  let slides: [Value: Bool]
  /// Of each step, the floats of the arena that it works in.
  let work: [Range<Int>]
  /// Floats of the arena.
  let size: Int

  /// Slots start at multiples of this many floats (a page).
  private static let alignment = 1024

  init(_ graph: NetworkGraph, kernels: Kernels, threads: Threads) {
    let choice = SlabChoice(graph, kernels: kernels, threads: threads)
    let frames = FramePlan.frames(graph, slides: choice.slides)
    var heldFrames: [Value: Frame] = [:]
    for (value, upsampling) in choice.upsamplings {
      heldFrames[value] = frames[value].map {
        SlabUpsampler.frame(upsampling.slabs, of: $0, factor: upsampling.factor)
      }
    }
    let slots = Slots(graph, frames, heldFrames, choice.slides)
    func stride(_ slot: Value) -> Int {
      ((heldFrames[slot] ?? frames[slot])?.voxels ?? 0) * kernels.lanes
        + slots.shift[slot] * kernels.lanes
    }
    func length(_ slot: Value) -> Int {
      FeatureMap.blocks(graph.shapes[slot].channels, kernels.lanes) * stride(slot)
    }
    let owners = frames.indices.filter { frames[$0] != nil && slots.owner[$0] == $0 }
    let work = graph.steps.map { graph.work($0, threads: threads, kernels: kernels) }
    let (places, size) = Self.place(
      owners.map { (length($0), slots.life[$0]) } + work.enumerated().map { ($1, $0...$0) })
    self.work = work.indices.map { step in
      let start = places[owners.count + step]
      return start..<start + work[step]
    }
    var starts = [Int](repeating: 0, count: frames.count)
    for (slot, place) in zip(owners, places) { starts[slot] = place }
    self.places = frames.indices.map { value in
      let slot = slots.owner[value]
      return frames[value].map { _ in
        Place(
          offset: starts[slot] + (slots.isShifted[value] ? slots.shift[slot] * kernels.lanes : 0),
          blockStride: stride(slot))
      }
    }
    slides = Dictionary(
      choice.slides.map { ($0.output, slots.isShifted[$0.output]) },
      uniquingKeysWith: { first, _ in first })
    (self.frames, self.heldFrames, self.size) = (frames, heldFrames, size)
  }

  /// Largest first, each at the lowest place that is free for its whole life.
  ///
  /// - Parameter parts: floats, and the steps while they are in use.
  /// - Returns: where each part begins, and the end of all.
  private static func place(
    _ parts: [(floats: Int, life: ClosedRange<Int>)]
  ) -> (starts: [Int], size: Int) {
    let lengths = parts.map { ($0.floats + alignment - 1) / alignment * alignment }
    var starts = [Int](repeating: 0, count: parts.count)
    var placed: [Int] = []
    var size = 0
    for part in parts.indices.sorted(by: { (lengths[$0], $1) > (lengths[$1], $0) }) {
      let busy = placed.filter { parts[$0].life.overlaps(parts[part].life) }
        .map { starts[$0]..<starts[$0] + lengths[$0] }.sorted { $0.lowerBound < $1.lowerBound }
      var start = 0
      for range in busy where start + lengths[part] > range.lowerBound {
        start = max(start, range.upperBound)
      }
      starts[part] = start
      placed.append(part)
      size = max(size, start + lengths[part])
    }
    return (starts, size)
  }
}

/// Values that lie in one place one after the other.
private struct Slots {
  typealias Value = NetworkGraph.Value

  /// The first value of each value's slot.
  private(set) var owner: [Value]
  /// Whether a value lies at the end of its slot instead of the start.
  private(set) var isShifted: [Bool]
  /// Of each slot, voxels by which the values at its end are shifted.
  private(set) var shift: [Int]
  /// Of each slot, the steps while it is in use.
  private(set) var life: [ClosedRange<Int>]

  init(
    _ graph: NetworkGraph, _ frames: [Frame?], _ held: [Value: Frame], _ slides: [SlabChoice.Slide]
  ) {
    owner = Array(frames.indices)
    isShifted = [Bool](repeating: true, count: frames.count)
    shift = [Int](repeating: 0, count: frames.count)
    life = [ClosedRange<Int>](repeating: 0...0, count: frames.count)
    var isBorn = [Bool](repeating: false, count: frames.count)
    for (number, step) in graph.steps.enumerated() {
      // What is held a slab at a time is made while its reader runs.
      let index = step.output.map { held[$0] != nil } == true ? number + 1 : number
      if case .addition(let main, _, let output) = step {
        (owner[output], isShifted[output]) = (owner[main], isShifted[main])
      }
      if let slide = slides.first(where: { $0.output == step.output }) {
        let slot = owner[slide.input]
        (owner[slide.output], isShifted[slide.output]) = (slot, !isShifted[slide.input])
        shift[slot] = max(shift[slot], slide.shift * (frames[slide.output]?.step(1, 0, 0) ?? 0))
      }
      for value in step.inputs + (step.output.map { [$0] } ?? []) {
        let slot = owner[value]
        life[slot] = isBorn[slot] ? life[slot].lowerBound...index : index...index
        isBorn[slot] = true
      }
    }
  }
}
