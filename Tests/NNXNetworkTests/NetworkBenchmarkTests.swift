import NNXModel
import NNXNetwork
import NNXTensor
import Testing

struct NetworkBenchmarkTests {
  /// 477.299 and 717.470 billion products, counted by hand from the layers of nnU-Net's default plans.
  @Test(arguments: [(NamedArchitecture.plain, 954.6e9), (.residual, 1434.9e9)])
  func operationsAreTwoForEachProduct(_ network: NamedArchitecture, _ expected: Double) throws {
    let count = try NetworkBenchmark.operations(network.architecture, patch: network.patch)
    #expect(abs(count - expected) < 0.1e9)
  }

  @Test func layersAddUpToThePatch() throws {
    var small = NamedArchitecture.plain.architecture
    small.stages.removeLast(4)
    small.decoder.removeFirst(4)
    let result = try NetworkBenchmark(
      small, weights: SyntheticWeights(small), patch: [32, 32, 32], threads: Threads(1), repeats: 3,
      measuresLayers: true)
    let total = result.layers.reduce(0) { $0 + $1.cost.processor }
    #expect(total > result.patch.processor / 3 && total < result.patch.processor * 3)
    #expect(result.load > 0)
    let peak = KernelPeak.measure(try Kernels.chosen(), threads: Threads(1), seconds: 0.05)
    for layer in result.layers {
      #expect(layer.parts[.products, default: 0] > 0)
      #expect(try #require(layer.productRate) < 3 * peak, "\(layer.name)")
      #expect(layer.facts.distantBytes > 0)
    }
    // One thread waits for nobody: most of the time is some part's.
    let parts = result.layers.reduce(0) { $0 + $1.parts.values.reduce(0, +) }
    let wall = result.layers.reduce(0) { $0 + $1.cost.wall }
    #expect(parts > wall / 3 && parts < wall * 1.5)
    // 32 to 3 channels at 32 x 32 x 32, whatever the lanes at least as many.
    let head = try #require(result.layers.last?.facts)
    #expect(head.inputs == 32 && head.channels == 3 && head.extents == [32, 32, 32])
    #expect(head.multiplications >= 32 * 3 * 32768)
  }

  @Test func noConvolutionOutrunsTheKernelsPeak() throws {
    let kernels = try Kernels.chosen()
    let peak = KernelPeak.measure(kernels, threads: Threads(1), seconds: 0.05)
    // Slower than a scalar processor of 1 GHz, or faster than any processor: measured wrongly.
    #expect(peak > 1e9 && peak < 1e12)
  }
}
