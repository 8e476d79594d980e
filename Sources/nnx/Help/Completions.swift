import ArgumentParser
import NNXSystem

struct Completions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print a script that lets a shell complete commands and model names.",
    usage: "nnx completions <bash | zsh | fish>",
    discussion: """
        bash  nnx completions bash > ~/.local/share/bash-completion/completions/nnx
        zsh   nnx completions zsh > ~/.zfunc/_nnx     (with fpath+=~/.zfunc)
        fish  nnx completions fish > ~/.config/fish/completions/nnx.fish
      """)

  @Argument(help: "bash, zsh or fish.", completion: .list(["bash", "zsh", "fish"]))
  var shell: String

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard CompletionShell(rawValue: shell) != nil else {
      throw ValidationError(
        "there are completions for bash, zsh and fish, not for '\(shell.excerpt)'")
    }
  }

  func run() throws {
    let context = try Context(global)
    guard let shell = CompletionShell(rawValue: shell) else { return }
    let script = NNX.completionScript(for: shell)
    guard context.output.isJSON else { return writeToStdout(script + "\n") }
    context.output.json(
      "completions", ["shell": shell.rawValue, "script": script])
  }
}
