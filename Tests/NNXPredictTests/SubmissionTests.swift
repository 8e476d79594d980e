import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// Job files for engines: every number from the estimate, limits below the largest case refused, lists of statuses from
/// the one table.
@Suite struct SubmissionTests {
  private func item(_ name: String, minutes: Double, megabytes: Int) -> CaseForecast {
    CaseForecast(name: name, seconds: minutes * 60, peakBytes: megabytes << 20)
  }

  /// 100 cases of 12 minutes and 2 GB, and one of 60 minutes and 8 GB.
  private var cohort: CohortForecast {
    CohortForecast(
      left: (0..<100).map { item("p\($0)", minutes: 12, megabytes: 2048) }
        + [item("whole-body", minutes: 60, megabytes: 8192)], done: 3, cores: 8, measured: 8)
  }

  @Test func numbersComeFromTheEstimate() throws {
    let request = try JobRequest(cohort)
    // 1260 min of work: more than 32 x 30 min.
    #expect(request.workers == 32)
    // 1.15 x 8192 + 512 = 9932.8, in steps of 256.
    #expect(request.memory == 9984)
    // 1.5 x (1260 / 32 + 60) = 149.06, and at least 2 x 60.
    #expect(request.minutes == 150)
    #expect(request.cores == 8)
    #expect(request.arithmetic[0] == "101 cases to do, 3 done already")
    #expect(request.arithmetic.contains { $0.contains("8192 MB (whole-body)") })
    let few = try JobRequest(cohort, .init(workers: 4))
    #expect(few.workers == 4)
    #expect(few.minutes == 563)
  }

  @Test func workersAreWorthTheirStart() throws {
    let small = CohortForecast(
      left: (0..<40).map { item("p\($0)", minutes: 1, megabytes: 100) }, cores: 2, measured: 2)
    let request = try JobRequest(small)
    #expect(request.workers == 2)
    #expect(request.memory == 768)
    #expect(request.minutes == 32)
    #expect(try JobRequest(small, .init(workers: 100)).workers == 40)
  }

  /// What was learned of cases that are done counts.
  @Test func experienceCounts() throws {
    let slow = CohortForecast(
      left: [item("a", minutes: 10, megabytes: 100)], cores: 4, measured: 2, experience: (3, 12))
    let request = try JobRequest(slow)
    // 1.5 x (30 + 30), above 2 x 30.
    #expect(request.minutes == 90)
    #expect(request.arithmetic[1].contains("12 cases of this cohort took: 3.00 x"))
  }

  /// A limit that the largest case does not fit in would be an endless loop.
  @Test func limitsBelowTheLargestCaseAreRefused() throws {
    for wish in [JobRequest.Wish(minutes: 60), .init(minutes: 77), .init(memory: 8000 << 20)] {
      let error = #expect(throws: NNXError.self) { try JobRequest(cohort, wish) }
      #expect(error?.code == .usage)
      #expect(error?.message.contains("whole-body") == true)
    }
    #expect(try JobRequest(cohort, .init(minutes: 78)).minutes == 78)
    #expect(try JobRequest(cohort, .init(memory: 8192 << 20)).memory == 8192)
    let done = CohortForecast(left: [], done: 9, cores: 1, measured: 1)
    #expect(throws: NNXError.self) { try JobRequest(done) }
  }

  @Test(arguments: [
    ("30", 30), ("90m", 90), ("4h", 240), ("2d", 2880), ("04:00:00", 240), ("1-12:00:00", 2160),
    ("1-12", 2160), ("10:30", 10),
  ])
  func times(text: String, minutes: Int) { #expect(JobTime(text)?.minutes == minutes) }

  @Test(arguments: ["", "0", "h", "-1", "4x", "1:2:3:4", "a:b", "1-", "99999999999999999999m"])
  func noTimes(text: String) { #expect(JobTime(text) == nil) }

  // MARK: - Files

  private func file(_ name: String = "lung2-ct", in folder: String = "/data/a b") throws -> JobFile
  {
    JobFile(
      command: ["/opt/nnx", "predict", "-m", name, "-i", "it's {here}", "-o", "out$1"],
      folder: folder, results: "\(folder)/out", name: name, request: try JobRequest(cohort))
  }

  private func run(_ program: String, _ arguments: String...) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let pipe = Pipe()
    (process.standardOutput, process.standardError) = (pipe, pipe)
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  @Test func theJobFileIsAScript() throws {
    let folder = try TemporaryFolder()
    let text = try file().slurm(partition: "cpu", account: "lab")
    let path = try folder.write("job.sh", Array(text.utf8))
    #expect(try run("/bin/bash", "-n", path) == (0, ""))
    for checker in ["/usr/bin/shellcheck"] where Folder.isFile(checker) {
      // Words in single quotes are meant as they stand, which it remarks on (SC2016).
      #expect(try run(checker, "--severity=warning", path) == (0, ""))
    }
    #expect(text.hasPrefix("#!/bin/bash\n#SBATCH --job-name=nnx-lung2-ct\n#SBATCH --array=0-31\n"))
    #expect(text.contains("#SBATCH --cpus-per-task=8 --mem=9984M --time=02:30:00\n"))
    #expect(text.contains("#SBATCH --output=\"/data/a b/out/.nnx/logs/%A_%a.txt\"\n"))
    #expect(text.contains("#SBATCH --partition=\"cpu\"\n#SBATCH --account=\"lab\"\n"))
    #expect(text.contains("\n75|137)\n"))
    #expect(text.contains("-i 'it'\\''s {here}' -o 'out$1' --claim"))
    // sbatch stops reading its lines at the first command.
    let commands = try #require(text.firstRange(of: "\ncd "))
    #expect(!text[commands.upperBound...].contains("#SBATCH"))
  }

  /// A name of a file must not become a command.
  @Test func namesStayInTheirComments() throws {
    let hostile = CohortForecast(
      left: [item("a\nrm -rf x", minutes: 1, megabytes: 1)], cores: 1, measured: 1)
    let request = try JobRequest(hostile)
    let file = JobFile(
      command: ["nnx"], folder: "/d", results: "/d/o", name: "x\n#SBATCH --uid=0", request: request)
    let lines = try file.slurm().split(separator: "\n")
    #expect(!lines.contains { $0.hasPrefix("rm") || $0.hasPrefix("#SBATCH --uid") })
    #expect(throws: NNXError.self) { try self.file(in: "/d/\"x").slurm() }
    #expect(throws: NNXError.self) { try file.slurm(partition: "a\nb") }
  }

  @Test func otherEnginesHaveTheSameStatuses() throws {
    let job = try file()
    let kubernetes = job.kubernetes(image: "x/nnx:1", claimName: "c")
    #expect(kubernetes.contains("values: [64, 65, 66, 70, 71, 73, 77, 78]\n"))
    #expect(!NNXError.ExitStatus.final.contains(CohortExit.again.rawValue))
    #expect(CohortExit.repeated == [75, 137])
    #expect(kubernetes.contains("nobody ran it"))
    #expect(kubernetes.contains("            - \"it's {here}\"\n"))
    let nextflow = job.nextflow()
    #expect(nextflow.contains("task.exitStatus in [71, 75] + (130..145) ? 'retry'"))
    #expect(nextflow.contains("nobody ran it"))
    #expect(nextflow.contains("'it'\\\\''s {here}' -o 'out\\$1'"))
    let snakemake = job.snakemake()
    #expect(snakemake.contains("it'\\\\''s {{here}}"))
    #expect(snakemake.contains("--threads {threads} || [ $? = 65 ]; }}"))
  }
}
