import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

@Suite struct CohortRecordsTests {
  @Test(arguments: [
    ("p1.nii.gz", "p1"), ("s0011/ct.nii.gz", "s0011%2Fct"), ("a%2Fb.mha", "a%252Fb"),
    ("sub-1/ses-2/x.nrrd", "sub-1%2Fses-2%2Fx"), ("ü.nii", "ü"),
  ])
  func aKeyIsOneName(_ result: String, _ text: String) {
    #expect(CaseKey(result: result).text == text)
  }

  @Test func longNamesStayApartAndFit() {
    let long = String(repeating: "séries/", count: 60)
    let (a, b) = (CaseKey(result: long + "a.nii.gz"), CaseKey(result: long + "b.nii.gz"))
    #expect(a != b)
    #expect(a.text.utf8.count <= 200 && a.text.contains("%~"))
    #expect(a.shard.count == 2)
    // printf p1 | sha256sum
    #expect(CaseKey(result: "p1.nii.gz").shard == String(Digest.sha256(Array("p1".utf8)).prefix(2)))
  }

  @Test(arguments: [
    ("p1.g1", "p1", 1, false), ("p1.g12.released", "p1", 12, true), ("a.b.g3", "a.b", 3, false),
    ("p.g1.g2", "p.g1", 2, false),
  ])
  func namesOfClaimsAreRead(_ name: String, _ key: String, _ number: Int, _ isRelease: Bool) throws
  {
    let found = try #require(CaseHistory.parsed(name))
    #expect(found.key == key && found.generation == number && found.isRelease == isRelease)
  }

  @Test(arguments: ["p1", "p1.json", "p1.g", "p1.g0", "p1.g-1", "p1.gx", ".released", "clock"])
  func otherNamesAreNone(_ name: String) { #expect(CaseHistory.parsed(name) == nil) }

  @Test func aClaimLiesFlat() throws {
    var worker = WorkerIdentity.own(["SLURM_ARRAY_JOB_ID": "9", "SLURM_ARRAY_TASK_ID": "4"])
    worker.memoryLimit = 1 << 30
    let claim = Claim(token: "t", case: "p1", worker: worker, stale: 300)
    let json = OrderedJSON(encoding: claim)
    #expect(
      json.members?.map(\.key) == [
        "schema", "token", "case", "host", "bootId", "pidNamespace", "pid", "pidStart", "engine",
        "jobId", "task", "restart", "memoryLimit", "stale", "stage", "done", "of",
      ])
    #expect(json["jobId"]?.string == "9" && json["restart"]?.int == 0 && worker.worker == 4)
    let read = try OrderedJSON(parsing: Array(json.text().utf8), source: "claim")
    #expect(try read.decode(Claim.self) == claim)
  }

  @Test func theFirstRecordCounts() throws {
    let folder = try TemporaryFolder()
    let places = CohortPlaces(results: folder.path + "/")
    let key = CaseKey(result: "p1.nii.gz")
    func record(_ host: String) -> DoneRecord {
      DoneRecord(
        case: "p1", result: "p1.nii.gz", record: "p1.nnx.json", made: "0", inputs: [], results: [],
        host: host, seconds: 1)
    }
    let failure = FailedRecord(
      case: "p1", .input, NNXError(.usage, "no"), attempts: 1, generation: 1, host: "a", jobId: nil,
      when: "now")
    try places.publish(failure, key, owner: "a")
    #expect(try places.publish(record("a"), key))
    #expect(Folder.kind(places.record(.failed, key)) == nil)
    #expect(try !places.publish(record("b"), key))
    #expect(try DoneRecord(contentsOf: places.record(.done, key)).host == "a")
    #expect(try places.publish(record("b"), key, replaces: true))
    #expect(try DoneRecord(contentsOf: places.record(.done, key)) == record("b"))
    let listing = try CohortListing(places)
    #expect(listing.done == ["p1"] && listing.failed.isEmpty && listing.leftovers.isEmpty)
  }

  /// Numbers of the engine hold where nothing else limits the process.
  @Test func slurmSaysWhatTheJobHas() {
    func limits(_ variables: [String: String]) -> JobLimits { JobLimits { variables[$0] } }
    #expect(limits([:]) == JobLimits { _ in nil })
    let each = limits(["SLURM_MEM_PER_CPU": "100", "SLURM_CPUS_ON_NODE": "4"])
    #expect(each.memory == 400 << 20 && each.processors == 4)
    let whole = limits([
      "SLURM_MEM_PER_NODE": "2048", "SLURM_CPUS_PER_TASK": "3", "SLURM_CPUS_ON_NODE": "8",
    ])
    #expect(whole.memory == 2048 << 20 && whole.processors == 3)
    // Several tasks of a job on one node share its processors.
    #expect(limits(["SLURM_NTASKS": "4", "SLURM_CPUS_ON_NODE": "8"]).processors == nil)
    #expect(limits(["SLURM_MEM_PER_NODE": "0", "SLURM_CPUS_PER_TASK": "x"]).memory == nil)
  }

  /// docs/cohorts.md has the table of the code.
  @Test func theStatusesAreThoseOfTheDocument() throws {
    let path = Fixtures.repository + "/docs/cohorts.md"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for status in CohortExit.allCases {
      let again = status.isWorthAnotherRun ? "yes" : "no"
      #expect(text.contains("| \(status.rawValue) | \(status.meaning) | \(again) |"))
    }
  }
}
