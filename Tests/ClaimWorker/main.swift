import Foundation
import NNXPredict
import NNXSystem

// claim-worker OUT CASES [--stale SECONDS] [--seconds SECONDS] [--retry-failed]: one worker of a cohort of so many cases, with the
// claims, records and files of nnx, whose work is nothing: for Scripts/cohorts, which kill it. What it did is written to
// the file that the variable EVENTS names, a line each.

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("claim-worker: \(message)\n".utf8))
  exit(64)
}

func option(_ name: String, _ standard: Double, _ words: inout [String]) -> Double {
  guard let index = words.firstIndex(of: name) else { return standard }
  guard index + 1 < words.count, let value = Double(words[index + 1]) else {
    fail("\(name) takes a number")
  }
  words.removeSubrange(index...index + 1)
  return value
}

// Under libfaketime Swift's own list of the arguments is empty.
let line = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/cmdline"))) ?? Data()
var words = line.split(separator: 0).dropFirst().map { String(decoding: $0, as: UTF8.self) }
let retries = words.contains("--retry-failed")
words.removeAll { $0 == "--retry-failed" }
let stale = option("--stale", 5, &words)
let seconds = option("--seconds", 0, &words)
guard words.count == 2, let count = Int(words[1]) else {
  fail("usage: claim-worker OUT CASES [--stale SECONDS] [--seconds SECONDS] [--retry-failed]")
}
Interruption.begin()
do {
  let cohort = EmptyCohort(words[0], count: count, seconds: seconds)
  exit(try cohort.run(stale: stale, retries: retries).exit.rawValue)
} catch {
  fail("\(error)")
}
