import Foundation
import NNXSystem
import TestSupport
import Testing

/// Workers of `nnx predict --claim`, as processes.
@Suite struct CohortClaimTests {
  /// Workers side by side; the first that is seen to hold a case is sent a signal while it does.
  private static let together = """
    import glob, json, os, signal, subprocess, sys, time
    number, out, command = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    def tokens(pattern):
        found = []
        for path in glob.glob(out + pattern):
            try: found.append(json.load(open(path)))
            except ValueError: pass
        return found
    def held():
        done = {record["case"] for record in tokens("/.nnx/done/*/*.json")}
        return [claim for claim in tokens("/.nnx/claims/*/*.g1") if claim["case"] not in done]
    victim = None
    while victim is None and any(worker.poll() is None for worker in workers):
        for claim in held():
            worker = next((worker for worker in workers if worker.pid == claim["pid"]), None)
            if worker is None or worker.poll() is not None: continue
            # It may come to the case's end meanwhile, so it stands still first.
            worker.send_signal(signal.SIGSTOP)
            time.sleep(0.05)
            if any(other["case"] == claim["case"] and other["pid"] == claim["pid"] for other in held()):
                victim = worker
                victim.send_signal(number)
            worker.send_signal(signal.SIGCONT)
            if victim is not None: break
        time.sleep(0.001)
    print(victim.wait() if victim else "none", flush=True)
    for worker in workers:
        text = worker.communicate()[0]
        print(text, end="", flush=True)
    sys.exit(max(worker.returncode for worker in workers if worker is not victim))
    """

  private func cohort(_ names: [String]) throws -> CohortFixture {
    try CohortFixture(scans: names.map { "c/\($0).nii.gz" })
  }

  /// Kill or TERM of one of three workers: all is done once, and has the bytes of one process.
  @Test(arguments: [9, 15])
  func aWorkerMayDie(_ number: Int32) throws {
    let names = (11...26).map { "p\($0)" }
    let cohort = try cohort(names)
    #expect(try cohort.predict("-i", "c", "-o", "one").status == 0)
    let outcome = try cohort.predict(
      "-i", "c", "-o", "out", "--claim", "--stale", "2", "--wait",
      under: [
        "/usr/bin/python3", "-c", Self.together, "\(number)", cohort.folder.path + "/out",
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    var lines = outcome.output.split(separator: "\n").map(String.init)
    #expect(lines.removeFirst() == (number == 9 ? "-9" : "75"), "\(outcome.errors)")
    // The answer of a case that was made just before the kill may be lost; none is there twice.
    #expect(Set(lines).count == lines.count && lines.count >= names.count - 1)
    let files = try cohort.files("out")
    #expect(files == names.flatMap { ["\($0).nii.gz", "\($0).nnx.json"] }.sorted())
    for name in names {
      #expect(try cohort.digest("out/\(name).nii.gz") == cohort.digest("one/\(name).nii.gz"))
    }
    let records = try cohort.folder.contents().filter { $0.hasPrefix("out/.nnx/") }
    let done = records.count { $0.hasPrefix("out/.nnx/done/") && $0.hasSuffix(".json") }
    #expect(done == names.count)
    let released = records.count { $0.hasSuffix(".released") }
    // Beside the case that has the networks one is being written, or read.
    #expect(number == 9 ? released == 0 : (1...2).contains(released), "\(records)")
    #expect(records.contains { $0.hasSuffix(".g2") })
    let verified = try cohort.nnx.run(["verify", "out/p11.nii.gz"], folder: cohort.folder.path)
    #expect(verified.status == 0, "\(verified.output)")
  }

  @Test func whatFailsForGoodIsRecordedAndTriedOnRequest() throws {
    let cohort = try cohort(["p1", "p2"])
    try cohort.folder.write("c/p3.nii.gz", Array("no image".utf8))
    let first = try cohort.predict("-i", "c", "-o", "out", "--claim")
    #expect(first.status == 65, "\(first.errors)")
    #expect(first.errors.contains("2 done here, 1 failed: in out/"), "\(first.errors)")
    #expect(first.errors.contains("error[cases-failed]: 1 of 3 cases failed for good"))
    let name = try #require(
      try cohort.folder.contents().first {
        $0.hasPrefix("out/.nnx/failed/") && $0.hasSuffix("json")
      })
    let record = try OrderedJSON(contentsOf: cohort.folder.path + "/" + name)
    #expect(record["verdict"]?.string == "input" && record["status"]?.int == 65)
    #expect(record["code"]?.string == "broken-image", "\(record.text())")
    let second = try cohort.predict("-i", "c", "-o", "out", "--claim")
    #expect(second.status == 65)
    #expect(second.errors.contains("0 done here, 2 by others or before, 1 failed"))
    try cohort.folder.write("c/p3.nii.gz", cohort.scan)
    #expect(try cohort.predict("-i", "c", "-o", "out", "--claim").status == 65)
    let again = try cohort.predict("-i", "c", "-o", "out", "--claim", "--retry-failed", "--json")
    #expect(again.status == 0, "\(again.errors)")
    let counts = try cohort.data(again)["data"]?["counts"]
    #expect(counts?["done"]?.int == 3 && counts?["here"]?.int == 1 && counts?["failed"]?.int == 0)
    #expect(
      try !cohort.folder.contents().contains { $0.hasSuffix("failed/\($0.suffix(2))/p3.json") })
  }

  @Test func whatDoesNotFitIsLeft() throws {
    let cohort = try cohort(["p1", "p2"])
    let small = try cohort.predict("-i", "c", "-o", "out", "--claim", "--max-memory", "60M")
    #expect(small.status == 71, "\(small.errors)")
    #expect(small.errors.contains("error[cases-left]: 2 of 2 cases need more memory"))
    let late = try cohort.nnx.run(
      ["predict", "-m", "m", "-i", "c", "-o", "out", "--claim"],
      environment: ["NNX_DEADLINE": "1000"], folder: cohort.folder.path)
    #expect(late.status == 75, "\(late.errors)")
    #expect(late.errors.contains("error[cases-left]: 2 of 2 cases take longer"))
    #expect(try cohort.folder.contents().allSatisfy { !$0.hasPrefix("out/.nnx/claims/") })
    let odd = try cohort.nnx.run(
      ["predict", "-m", "m", "-i", "c", "-o", "out", "--claim"],
      environment: ["NNX_DEADLINE": "tomorrow"], folder: cohort.folder.path)
    #expect(odd.status == 64)
    #expect(try cohort.predict("-i", "c", "-o", "out", "--claim", "--overwrite").status == 64)
    #expect(try cohort.predict("-i", "c/p1.nii.gz", "-o", "a.nii.gz", "--claim").status == 64)
    #expect(try cohort.predict("-i", "c", "-o", "out", "--retry-failed").status == 64)
  }

  /// One run's records are the next one's, with claims and without.
  @Test func whatIsDoneIsKnownEverywhere() throws {
    let cohort = try cohort(["p1", "p2"])
    #expect(try cohort.predict("-i", "c", "-o", "out").status == 0)
    let claimed = try cohort.predict("-i", "c", "-o", "out", "--claim")
    #expect(claimed.status == 0 && claimed.output == "", "\(claimed.errors)")
    #expect(claimed.errors.contains("0 done here, 2 by others or before"))
    // Without records the results tell as ever, and write them anew.
    try cohort.remove("out/.nnx")
    #expect(try cohort.predict("-i", "c", "-o", "out", "--claim").status == 0)
    let plain = try cohort.predict("-i", "c", "-o", "out", "--json")
    let cases = try cohort.data(plain)["data"]?["cases"]?.array ?? []
    #expect(
      cases.allSatisfy { $0["skipped"]?.bool == true && $0["labels"]?.array?.isEmpty == false })
    // A deleted segmentation is made anew, one of other settings stays.
    let before = try cohort.digest("out/p1.nii.gz")
    try cohort.remove("out/p1.nii.gz")
    #expect(try cohort.predict("-i", "c", "-o", "out", "--claim").output.contains("out/p1.nii.gz"))
    #expect(try cohort.digest("out/p1.nii.gz") == before)
    let other = try cohort.predict("-i", "c", "-o", "out", "--claim", "--step-size", "0.9")
    #expect(other.status == 65)
    #expect(other.errors.contains("made with --step-size 0.5, now 0.9"), "\(other.errors)")
    // And an image that changed.
    try cohort.folder.write(
      "c/p2.nii.gz", NIfTIBytes.float32(shape: [20, 20, 20]) { Float($0 % 90) })
    for flags in [["--claim"], []] {
      let changed = try cohort.nnx.run(
        ["predict", "-m", "m", "--no-tta", "-i", "c", "-o", "out"] + flags,
        folder: cohort.folder.path)
      #expect(changed.status == (flags.isEmpty ? 1 : 65), "\(changed.errors)")
      #expect(changed.errors.contains("the image c/p2.nii.gz has changed since"))
    }
  }

  /// Short forms; docs/cohorts.md has the long ones.
  @Test(arguments: [
    ["claim-storm", "--cases", "300", "--every", "0.3", "--stale", "3", "--seconds", "0.05"],
    [
      "claim-storm", "--cases", "24", "--workers", "4", "--seconds", "1.5", "--stale", "1.2",
      "--ahead",
    ],
    ["slurm-cohorts", "--short"], ["memory-kill"],
  ])
  func survives(_ command: [String]) throws {
    try runScript(["cohorts/\(command[0])"] + command.dropFirst())
  }
}
