import NNXNetwork
import NNXSystem
import NNXTensor

/// Times one patch of a named network with synthetic weights. Benchmarks/README.md has the commands.
///
///     engine-bench [plain|residual|anisotropic|flat] [--threads N] [--repeat N] [--layers]
@main struct EngineBench {
  static func main() throws {
    var arguments = Array(CommandLine.arguments.dropFirst())
    func option(_ name: String) -> Int? {
      guard let at = arguments.firstIndex(of: name), at + 1 < arguments.count else { return nil }
      defer { arguments.removeSubrange(at...at + 1) }
      return Int(arguments[at + 1])
    }
    let threads = Threads(option("--threads") ?? 1)
    let repeats = option("--repeat") ?? 3
    let showsLayers = arguments.contains("--layers")
    let name = arguments.first { !$0.hasPrefix("--") } ?? "plain"
    guard let network = NamedArchitecture(rawValue: name) else {
      throw NNXError(.usage, "no network named '\(name)'")
    }
    try run(network, threads, repeats, showsLayers)
  }

  static func run(
    _ named: NamedArchitecture, _ threads: Threads, _ repeats: Int, _ showsLayers: Bool
  ) throws(NNXError) {
    let architecture = named.architecture
    let weights = SyntheticWeights(architecture)
    let kernels = try Kernels.chosen()
    var made: Network?
    var failure: NNXError?
    let loading = Cost.of {
      do throws(NNXError) {
        made = try Network(architecture, weights: weights, patch: named.patch, threads: threads)
      } catch { failure = error }
    }
    if let failure { throw failure }
    guard let network = made else { return }
    let input = Tensor(network.inputShape)
    input.withMutableSpan { values in
      for index in values.indices { values[index] = Float((index &* 7919) % 1000) / 500 - 1 }
    }
    let output = Tensor(network.outputShape)
    var costs: [Cost] = []
    let first = Cost.of { network.forward(input, mirror: [], into: output) }
    for _ in 0..<repeats {
      costs.append(Cost.of { network.forward(input, mirror: [], into: output) })
    }
    print(
      "\(named.rawValue) \(kernels.name) threads=\(threads.count)",
      "load=\(milliseconds(loading.wall)) first=\(milliseconds(first.wall))",
      "wall=\(milliseconds(median(costs.map(\.wall))))",
      "processor=\(milliseconds(median(costs.map(\.processor))))", "ms")
    if showsLayers { printLayers(network, input, output, repeats) }
  }

  static func printLayers(
    _ network: Network, _ input: Tensor, _ output: Tensor, _ repeats: Int
  ) {
    let profiles = (0..<max(repeats, 1)).map { _ in network.profile(input, into: output) }
    for (index, layer) in profiles[0].enumerated() {
      let wall = median(profiles.map { $0[index].cost.wall })
      let processor = median(profiles.map { $0[index].cost.processor })
      print("  \(milliseconds(wall)) wall  \(milliseconds(processor)) cpu  \(layer.name)")
    }
  }

  static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

  static func milliseconds(_ seconds: Double) -> String {
    let tenths = Int((seconds * 10000).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
