import ArgumentParser
import NNXModel
import NNXNetwork
import NNXStore
import NNXSystem
import NNXTensor

struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast this machine runs a network.",
    usage: "nnx bench [<network>] [-m <model>] [--layers]",
    discussion: """
      Times patches of noise through a network that nnU-Net plans by default, with made-up \
      weights, or through an installed model.

        nnx bench
        nnx bench residual --threads 1 --layers
        nnx bench -m lung2-ct

      NNX_KERNELS chooses the kernels: avx512, avx2, baseline, neon, openblas.
      """)

  @Argument(
    help: ArgumentHelp("plain, residual, anisotropic or flat (2-D).", valueName: "network"))
  var network: NamedArchitecture = .plain

  @Option(name: .shortAndLong, help: ArgumentHelp("Installed model.", valueName: "name"))
  var model: String?

  @OptionGroup var threading: ThreadOption

  @Option(name: .customLong("repeat"), help: ArgumentHelp("Patches to time.", valueName: "count"))
  var repeats = 3

  @Flag(help: "Show what each layer takes.")
  var layers = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard repeats > 0 else { throw ValidationError("--repeat must be at least 1") }
  }

  func run() throws {
    let context = try Context(global)
    let threads = threading.chosen(context)
    let subject =
      try model.map { try BenchSubject(installed: $0, context) } ?? BenchSubject(network)
    let peak = KernelPeak.measure(try Kernels.chosen(), threads: threads)
    let result = try NetworkBenchmark(
      subject.architecture, weights: subject.weights, patch: subject.patch, threads: threads,
      repeats: repeats, measuresLayers: layers)
    let view = BenchView(subject: subject, result: result, peak: peak)
    context.output.text(
      context.output.isQuiet ? [Quantity.fixed(1 / result.patch.wall, 3)] : view.lines)
    context.output.json("bench", view.json)
  }
}

extension NamedArchitecture: ExpressibleByArgument {}
