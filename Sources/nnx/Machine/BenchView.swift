import NNXImage
import NNXModel
import NNXNetwork
import NNXStore
import NNXSystem
import NNXTensor

/// What is benchmarked: a network by name, or an installed model.
struct BenchSubject {
  let name: String
  let architecture: Architecture
  /// `(z, y, x)`.
  let patch: [Int]
  let weights: any WeightSource

  init(_ network: NamedArchitecture) {
    name = network.rawValue
    architecture = network.architecture
    patch = network.patch
    weights = SyntheticWeights(network.architecture)
  }

  /// - Throws: `not-installed`, `unsupported-network`, and what opening the weights throws.
  init(installed name: String, _ context: Context) throws {
    let folder = try context.store().find(name).open()
    let entry = try folder.entry(configuration: nil)
    guard let fold = entry.folds.first else {
      throw NNXError(.unsupportedNetwork, "\(name) has no weights that nnx can run")
    }
    self.name = name
    architecture = entry.description.architecture
    patch = entry.description.patch
    weights = try folder.weights(fold)
  }
}

/// The result of `nnx bench` for people and for programs.
struct BenchView {
  let subject: BenchSubject
  let result: NetworkBenchmark
  /// Floating-point operations per second.
  let peak: Double

  /// Operations per second of the patch, as if every convolution were a plain sum.
  private var rate: Double { result.operations / result.patch.wall }

  private var layers: BenchLayers { BenchLayers(layers: result.layers, peak: peak) }

  var lines: [String] {
    let parameters = subject.architecture.parameters.reduce(0) { $0 + $1.shape.reduce(1, *) }
    let extents = subject.patch.map(String.init).joined(separator: " x ")
    let threads =
      counted(result.threads, "thread")
      + (result.replicas == 1 ? "" : " for \(result.replicas) patches at a time")
    return [
      "\(subject.name)  \(Quantity.fixed(Double(parameters) / 1e6, 1)) M parameters, patch \(extents)",
      "  kernels  \(result.kernels), \(threads), peak \(gigaflops(peak))",
      "  load     \(seconds(result.load))",
      "  patch    \(seconds(result.patch.wall)), the first \(seconds(result.first.wall))",
      "  speed    \(Quantity.fixed(60 / result.patch.wall, 1)) patches a minute, as "
        + "\(gigaflops(rate)) of plain convolution",
    ] + layers.lines
  }

  var json: Members {
    [
      "network": subject.name, "patch": subject.patch, "kernels": result.kernels,
      "threads": result.threads, "replicas": result.replicas, "peakFlops": peak.rounded(),
      "loadSeconds": result.load, "firstSeconds": result.first.wall,
      "wallSeconds": result.patch.wall, "processorSeconds": result.patch.processor,
      "operations": result.operations,
      "layers": layers.json,
    ]
  }

  private func gigaflops(_ perSecond: Double) -> String {
    "\(Quantity.fixed(perSecond / 1e9, 0)) GFLOP/s"
  }

  private func seconds(_ value: Double) -> String { "\(Quantity.fixed(value, 2)) s" }
}

extension ReadingBenchmark {
  var lines: [String] {
    [
      "\(extents.map(String.init).joined(separator: " x "))  \(Quantity.fixed(median, 3)) s, "
        + "the first time \(Quantity.fixed(first, 3)) s"
    ]
  }

  var json: Members { ["extents": extents, "firstSeconds": first, "seconds": median] }
}

extension ResamplingBenchmark {
  var lines: [String] {
    [
      "cubic   \(Quantity.fixed(cubic, 3)) s, a CT to a network's grid",
      "linear  \(Quantity.fixed(linear, 3)) s, the scores of "
        + "\(ResamplingBenchmark.classes) classes back",
      "zoom    \(Quantity.fixed(zoom, 3)) s, a CT to TotalSegmentator's grid",
    ]
  }

  func json(_ threads: Threads) -> Members {
    [
      "image": ResamplingBenchmark.image,
      "volume": ResamplingBenchmark.volume,
      "classes": ResamplingBenchmark.classes, "threads": threads.count,
      "cubicSeconds": cubic, "linearSeconds": linear, "zoomed": ResamplingBenchmark.zoomed,
      "zoomSeconds": zoom, "zoomSha256": zoomDigest,
    ]
  }
}
