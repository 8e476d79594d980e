import FuzzTargets
import Glibc
import NNXSystem

// libFuzzer's entry (llvm/include fuzzer/FuzzerInterface.h), as a C program calls it.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

nonisolated(unsafe) private var target = FuzzTarget.all[0]

/// SwiftPM links `fuzz_main` as the program's `main`.
///
///     fuzz TARGET [what libFuzzer takes]      fuzz list
@_cdecl("fuzz_main")
func fuzzMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  guard count > 1, let name = arguments[1].map({ String(cString: $0) }) else { return 64 }
  if name == "list" {
    for target in FuzzTarget.all { print(target.name, target.longest, target.seedFolder) }
    return 0
  }
  guard let chosen = FuzzTarget.named(name) else { return 64 }
  target = chosen
  // What was learned before, and the seeds: folders among libFuzzer's arguments, or one input.
  let paths = (2..<Int(count)).compactMap { arguments[$0].map { String(cString: $0) } }
    .filter { !$0.hasPrefix("-") }
  let (known, all) = chooseCounters { for path in paths { runAll(path) } }
  print("counters: \(known) of \(all)")
  // The rest is libFuzzer's: the name of the program, then its own arguments.
  arguments[1] = arguments[0]
  var rest = count - 1
  var pointer = arguments + 1
  return runDriver(&rest, &pointer) { bytes, count in
    _ = target.run([UInt8](UnsafeBufferPointer(start: bytes, count: count)))
    return 0
  }
}

/// Runs the files of a folder, or a file, in each turn. One that ends the process is named by the last line.
private func runAll(_ path: String) {
  let names = (try? Folder.entries(path)) ?? []
  for file in names.isEmpty ? [path] : names.map({ "\(path)/\($0)" }) {
    guard let reader = try? FileReader(file),
      let bytes = try? reader.bytes(at: 0, count: reader.count)
    else { continue }
    let line = "first: \(file)\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
    for turn in 0..<12 {
      FuzzTarget.turn = turn
      _ = target.run(bytes)
    }
  }
  FuzzTarget.turn = 0
}
