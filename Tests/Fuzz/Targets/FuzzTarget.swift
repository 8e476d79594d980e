import NNXSystem

/// A reader of foreign bytes, called as nnx calls it. What it refuses with an `NNXError` is well; anything
/// else that it cannot read ends the process.
///
/// The same functions serve libFuzzer (`Scripts/fuzz TARGET`) and the quick test (`FuzzTests`).
package struct FuzzTarget: Sendable, CustomStringConvertible {
  package let name: String
  /// The folder of Tests/Fixtures/fuzz with whole inputs to begin with.
  package let seedFolder: String
  /// Bytes of the longest input worth a try.
  package let longest: Int
  /// Reads the bytes; says whether nnx takes them.
  package let run: @Sendable ([UInt8]) -> Bool

  init(
    _ name: String, seeds: String? = nil, longest: Int = 4096,
    _ run: @escaping @Sendable ([UInt8]) -> Bool
  ) {
    self.name = name
    seedFolder = seeds ?? name
    self.longest = longest
    self.run = run
  }

  package var description: String { name }

  /// Turns the choices that targets take by the bytes of an input: with twelve turns each does all that it can with
  /// each input. For what runs one after the other.
  nonisolated(unsafe) package static var turn = 0

  package static let all = images + models + documents

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// What a reader makes of its input; `nil` when it refuses it.
func accepted<Value>(_ read: () throws(NNXError) -> Value) -> Value? {
  do throws(NNXError) { return try read() } catch { return nil }
}

/// One of several things to do with an input, told by its bytes: a run that does them all costs as much as so
/// many runs.
///
/// - Returns: below `count`; and a number that tells more things apart.
func choice(_ bytes: [UInt8], of count: Int) -> (Int, rest: Int) {
  let sum = bytes.reduce(FuzzTarget.turn) { $0 &+ Int($1) }
  return (sum % count, sum / count)
}

/// Ends the process, with a word, when something is not as nnx counts on. (A release build's
/// `precondition` ends without one.)
func demand(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
