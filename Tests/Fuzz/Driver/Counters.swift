import Glibc

// Coverage counters: the compiler has each file of the program tell libFuzzer where all of them lie, a byte for
// each edge, beside a table of two words for each. The linker turns these calls to here (Package.swift, --wrap).
// LLVM 17, "SanitizerCoverage".

@_silgen_name("__real___sanitizer_cov_8bit_counters_init")
private func tellCounters(_ start: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>)
@_silgen_name("__real___sanitizer_cov_pcs_init")
private func tellPlaces(_ start: UnsafePointer<UInt>, _ end: UnsafePointer<UInt>)

nonisolated(unsafe) private var counters: UnsafeMutableBufferPointer<UInt8>?
nonisolated(unsafe) private var places: UnsafePointer<UInt>?

@_cdecl("__wrap___sanitizer_cov_8bit_counters_init")
func noteCounters(_ start: UnsafeMutablePointer<UInt8>, _ end: UnsafeMutablePointer<UInt8>) {
  counters = UnsafeMutableBufferPointer(start: start, count: end - start)
}

@_cdecl("__wrap___sanitizer_cov_pcs_init")
func notePlaces(_ start: UnsafePointer<UInt>, _ end: UnsafePointer<UInt>) { places = start }

/// Tells libFuzzer of the counters in the neighbourhood of those that `inputs` reach.
///
/// It clears and reads all that it knows at each run, and a reader reaches a few of a hundred: with all, that is
/// the larger part of short runs. Functions of a file, and files of a room, lie beside each other.
///
/// - Returns: how many it knows, and how many there are.
func chooseCounters(_ inputs: () -> Void) -> (known: Int, all: Int) {
  guard let counters, let places else { fatalError("the program counts no edges") }
  counters.update(repeating: 0)
  inputs()
  let block = 64
  let blocks = (counters.count + block - 1) / block
  var isNear = [Bool](repeating: false, count: blocks)
  for index in counters.indices where counters[index] != 0 {
    let own = index / block
    for near in max(0, own - 1)...min(blocks - 1, own + 1) { isNear[near] = true }
  }
  counters.update(repeating: 0)
  var known = 0
  var next = 0
  while let first = isNear[next...].firstIndex(of: true) {
    let end = isNear[first...].firstIndex(of: false) ?? blocks
    let range = first * block..<min(end * block, counters.count)
    guard let start = counters.baseAddress else { break }
    tellCounters(start + range.lowerBound, start + range.upperBound)
    tellPlaces(places + 2 * range.lowerBound, places + 2 * range.upperBound)
    known += range.count
    next = end
  }
  return (known, counters.count)
}
