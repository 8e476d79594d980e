import ArgumentParser
import NNXImage
import NNXModel
import NNXNetwork
import NNXStore
import NNXSystem
import NNXTensor

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast this machine runs a network.",
    usage: "nnx bench [<network> | -m <model> | --resampling | --image <path>]",
    discussion: """
      Times patches of noise through a network that nnU-Net plans by default, with made-up \
      weights, or through an installed model; with --resampling a CT of 512 x 512 x 200 to a \
      network's grid, the scores of three classes back, and the CT as TotalSegmentator does it; \
      with --image an image, or a series of DICOM, into memory.

        nnx bench
        nnx bench residual --threads 1 --layers
        nnx bench --threads 16 --replicas 4
        nnx bench -m lung2-ct
        nnx bench --resampling
        nnx bench --image dicom/

      NNX_KERNELS chooses the kernels: avx512, avx2, baseline, neon, plain, openblas.
      """)

  @Argument(
    help: ArgumentHelp(
      "plain (the default), residual, anisotropic or flat (2-D).", valueName: "network"))
  var network: NamedArchitecture?

  @Option(name: .shortAndLong, help: ArgumentHelp("Installed model.", valueName: "name"))
  var model: String?

  @OptionGroup var threading: ThreadOption

  @Option(
    help: ArgumentHelp(
      "Patches at the same time, each on its share of the threads.", valueName: "count"))
  var replicas = 1

  @Option(name: .customLong("repeat"), help: ArgumentHelp("Patches to time.", valueName: "count"))
  var repeats = 3

  @Flag(help: "Show each layer: the time of its parts, and what its products reach of the peak.")
  var layers = false

  @Flag(help: "Time resampling, and no network.")
  var resampling = false

  @Option(help: ArgumentHelp("Time reading an image, and no network.", valueName: "path"))
  var image: String?

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let context = try Context(global)
    let threads = threading.chosen(context)
    if resampling {
      let result = try ResamplingBenchmark(threads: threads, repeats: repeats)
      return context.output.answer(
        "bench", result.json(threads), quiet: result.lines, text: result.lines)
    }
    if let image {
      let result = try ReadingBenchmark(image, repeats: repeats)
      return context.output.answer("bench", result.json, quiet: result.lines, text: result.lines)
    }
    guard replicas <= threads.count else {
      throw NNXError(
        .usage, "\(replicas) patches at a time need at least \(replicas) threads",
        fixes: ["Give fewer --replicas or more --threads"])
    }
    let subject =
      try model.map { try BenchSubject(installed: $0, context) } ?? BenchSubject(network ?? .plain)
    let peak = KernelPeak.measure(try Kernels.chosen(), threads: threads)
    let result = try NetworkBenchmark(
      subject.architecture, weights: subject.weights, patch: subject.patch, threads: threads,
      replicas: replicas, repeats: repeats, measuresLayers: layers)
    let view = BenchView(subject: subject, result: result, peak: peak)
    context.output.answer(
      "bench", view.json, quiet: [Quantity.fixed(1 / result.patch.wall, 3)], text: view.lines)
  }
}

extension NamedArchitecture: ExpressibleByArgument {}
