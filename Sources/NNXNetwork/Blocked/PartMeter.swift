internal import NNXSystem
internal import NNXTensor

/// Adds up the time of each part of a layer, for each worker.
@safe final class PartMeter: @unchecked Sendable {
  private let seconds: Buffer<Double>
  private let workers: Int
  /// Doubles of a worker: its own cache lines.
  private static let stride = 16

  init(workers: Int) {
    self.workers = workers
    seconds = Buffer(workers * Self.stride)
  }

  func add(_ part: LayerProfile.Part, _ time: Double, worker: Int) {
    precondition(worker < workers)
    unsafe seconds.base[worker * Self.stride + part.index] += time
  }

  /// The mean of the workers, for parts that took any time; starts anew.
  func take() -> [LayerProfile.Part: Double] {
    var result: [LayerProfile.Part: Double] = [:]
    for part in LayerProfile.Part.allCases {
      var sum = 0.0
      for worker in 0..<workers {
        let place = worker * Self.stride + part.index
        unsafe sum += seconds.base[place]
        unsafe seconds.base[place] = 0
      }
      if sum > 0 { result[part] = sum / Double(workers) }
    }
    return result
  }
}

extension LayerProfile.Part {
  fileprivate var index: Int {
    switch self {
    case .input: 0
    case .weights: 1
    case .products: 2
    case .output: 3
    case .norm: 4
    }
  }
}

/// Tells a meter, where there is one, what a worker does.
struct PartClock {
  private let meter: PartMeter?
  private let worker: Int
  private var last = 0.0

  init(_ meter: PartMeter?, worker: Int) {
    (self.meter, self.worker) = (meter, worker)
    if meter != nil { last = ProcessFacts.monotonicSeconds }
  }

  /// What happened since the last mark was this part.
  mutating func mark(_ part: LayerProfile.Part) {
    guard let meter else { return }
    let now = ProcessFacts.monotonicSeconds
    meter.add(part, now - last, worker: worker)
    last = now
  }
}

extension Pass {
  func clock(_ worker: Int) -> PartClock { PartClock(meter, worker: worker) }
}
