import ArgumentParser

@main
struct NNX: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "nnx")
}
