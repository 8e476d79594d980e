import Foundation
import NNXSystem
import TestSupport
import Testing

/// `predict --dry-run`: told beforehand, and what is told comes true.
@Suite struct ForecastTests {
  private let phantom = Fixtures.repository + "/Models/phantom_0000.nii.gz"

  /// What is said of the first case.
  private func planned(_ run: Binary.Outcome) throws -> OrderedJSON {
    let answer = try OrderedJSON(parsing: Array(run.output.utf8), source: "forecast")
    return try #require(answer["data"]?["planned"]?.array?.first)
  }

  @Test func memoryIsToldBeforehand() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let target = folder.path + "/seg.nii.gz"
    let arguments = ["predict", "-m", "demo-ct", "-i", phantom, "-o", target, "--no-tta"]
    let forecast = try nnx.run(arguments + ["--dry-run", "--json"])
    #expect(forecast.status == 0, "\(forecast.errors)")
    #expect(try folder.contents() == [])
    let planned = try planned(forecast)
    #expect(planned["patches"]?.int == 12)
    #expect((planned["seconds"]?.double ?? 0) > 0)
    // The time is measured anew; all else is the same.
    let estimate = try nnx.run("estimate", "-m", "demo-ct", "-i", phantom, "--no-tta", "--json")
    let verb = try self.planned(estimate)
    for key in ["case", "shape", "patches", "peakBytes", "leastBytes"] {
      #expect(verb[key] == planned[key])
    }
    try #require(try nnx.run(arguments).status == 0)
    let record = try OrderedJSON(contentsOf: folder.path + "/seg.nnx.json")
    let expected = Double(try #require(planned["peakBytes"]?.int))
    let peak = Double(try #require(record["peakBytes"]?.int))
    #expect(peak < 1.25 * expected && peak > expected / 1.25, "\(peak) instead of \(expected)")
  }

  /// What predict refuses by the kind of a file is refused beforehand, and spacings in doubt are told.
  @Test func whatPredictRefusesIsToldBeforehand() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let picture = Fixtures.folder + "/fuzz/png/grey.png"
    let refused = try nnx.run("estimate", "demo-ct", picture)
    #expect(refused.status == 65 && refused.errors.contains("is a picture"), "\(refused.errors)")
    // 3 mm written as 300 mm.
    var bytes = try #require(gunzipped(folder.read(phantom)))
    for axis in 0..<3 {
      let place = 80 + 4 * axis
      withUnsafeBytes(of: Float(300).bitPattern.littleEndian) {
        bytes.replaceSubrange(place..<place + 4, with: $0)
      }
    }
    // Without the s-form, which has its own spacings; the q-form counts.
    bytes.replaceSubrange(252..<256, with: [1, 0, 0, 0])
    let path = try folder.write("far.nii", bytes)
    let told = try nnx.run("estimate", "demo-ct", path)
    #expect(told.errors.contains("over a thousand times its voxels"), "\(told.errors)")
  }

  /// Fewer threads are advised where they are enough, and only there.
  @Test func oneThreadIsAdvisedWhereItSuffices() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let arguments = ["predict", "-m", "demo-ct", "-i", phantom, "-o", folder.path + "/seg.nii.gz"]
    func refused(_ threads: Int, _ limit: Int) throws -> String {
      let run = try nnx.run(arguments + ["--threads", "\(threads)", "--max-memory", "\(limit)M"])
      #expect(run.status == 71)
      return run.errors
    }
    /// The least limit that errors name.
    func least(_ threads: Int) throws -> Int {
      let limit = try refused(threads, 64).firstMatch(of: /at least --max-memory (\d+)M/)?.1
      return try #require(limit.flatMap { Int($0) })
    }
    let (one, many) = (try least(1), try least(32))
    try #require(one < many)
    #expect(try refused(32, one).contains("--threads 1"))
    #expect(try !refused(32, one - 1).contains("--threads 1"))
    #expect(try !refused(1, one - 1).contains("--threads 1"))
    #expect(try nnx.run(arguments + ["--threads", "1", "--max-memory", "\(one)M"]).status == 0)
  }

  /// A machine with many processors runs several patches at a time: told beforehand, with the same result.
  @Test func manyThreadsRunPatchesAtTheSameTime() throws {
    let nnx = Binary()
    let folder = try TemporaryFolder()
    try #require(try nnx.run("install", "demo-ct", "-q").status == 0)
    let target = folder.path + "/seg.nii.gz"
    let arguments = ["predict", "-m", "demo-ct", "-i", phantom, "-o", target, "--overwrite"]
    func forecast(_ more: String...) throws -> (replicas: Int?, peak: Int?) {
      let run = try nnx.run(arguments + ["--dry-run", "--json"] + more)
      #expect(run.status == 0, "\(run.errors)")
      let planned = try planned(run)
      return (planned["replicas"]?.int, planned["peakBytes"]?.int)
    }
    func digest(_ more: String...) throws -> OrderedJSON? {
      let run = try nnx.run(arguments + more)
      #expect(run.status == 0, "\(run.errors)")
      return try OrderedJSON(contentsOf: folder.path + "/seg.nnx.json")["output"]?["sha256"]
    }
    let (few, many) = (try forecast("--threads", "2"), try forecast("--threads", "12"))
    #expect(few.replicas == 1)
    #expect(many.replicas == 3)
    let peak = try #require(few.peak)
    #expect(try #require(many.peak) > peak)
    // What fits with one network only runs with one.
    #expect(try forecast("--threads", "12", "--max-memory", "\((peak >> 20) + 60)M").replicas == 1)
    let alone = try digest("--threads", "2")
    #expect(try digest("--threads", "12") == alone)
    // Less where there are fewer processors than threads: what no thread touches is not held.
    let held = try OrderedJSON(contentsOf: folder.path + "/seg.nnx.json")["peakBytes"]?.int
    #expect(Double(try #require(held)) < 1.25 * Double(try #require(many.peak)))
  }

  @Test func resamplingIsTimed() throws {
    let run = try Binary().run("bench", "--resampling", "--repeat", "1", "--threads", "1", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let data = try OrderedJSON(parsing: Array(run.output.utf8), source: "bench")["data"]
    #expect(data?["threads"]?.int == 1)
    for key in ["cubicSeconds", "linearSeconds", "zoomSeconds"] {
      #expect((data?[key]?.double ?? 0) > 0)
    }
    // Benchmarks/resampling.py: that of scipy.ndimage.zoom.
    #expect(
      data?["zoomSha256"]?.string
        == "949ccac0d5943320e10c721eddf844e7e6fa5bf830a374c318f0b81910aeb70a")
  }

  @Test func readingIsTimed() throws {
    let run = try Binary().run(
      "bench", "--image", Fixtures.folder + "/dicom/odd_size", "--repeat", "2", "--json")
    #expect(run.status == 0, "\(run.errors)")
    let data = try OrderedJSON(parsing: Array(run.output.utf8), source: "bench")["data"]
    #expect(data?["extents"]?.array?.compactMap(\.int) == [11, 13, 7])
    for key in ["firstSeconds", "seconds"] { #expect((data?[key]?.double ?? 0) > 0) }
  }

  @Test(arguments: [
    ["--image", "x.nii", "plain"], ["--image", "x.nii", "--resampling"],
    ["--image", "x.nii", "--replicas", "2"],
    ["--resampling", "plain"], ["--resampling", "--layers"], ["--resampling", "-m", "demo-ct"],
    ["plain", "-m", "demo-ct"], ["--replicas", "2", "--layers"],
    ["--replicas", "2", "--resampling"],
  ]) func benchRefusesWhatItWouldIgnore(_ arguments: [String]) throws {
    let run = try Binary().run(["bench"] + arguments)
    #expect(run.status == 64)
    #expect(run.errors.contains("leave out") || run.errors.contains("not both"))
  }

  @Test func benchRefusesMorePatchesThanThreads() throws {
    let run = try Binary().run("bench", "--replicas", "3", "--threads", "2")
    #expect(run.status == 64)
    #expect(run.errors.contains("3 patches at a time need at least 3 threads"))
  }

  @Test func aMemoryLimitIsKeptAndChangesNoByte() throws {
    let nnx = Binary()
    // Where tests run, folders for temporary files may lie in memory.
    let folder = try TemporaryFolder(in: Fixtures.repository + "/.build")
    let environment = ["NNX_HOME": folder.path + "/home"]
    try #require(try nnx.run(["install", "demo-ct", "-q"], environment: environment).status == 0)
    let image = try folder.write(
      "image.nii",
      NIfTIBytes.float32(shape: [240, 256, 256]) { Float(($0 * 7919) % 1400) - 1000 })
    let arguments = ["predict", "-m", "demo-ct", "-i", image, "--no-tta", "--json", "-o"]
    func peak(_ name: String, _ more: String...) throws -> (record: OrderedJSON, peak: Int) {
      let target = folder.path + "/\(name).nii.gz"
      let run = try nnx.run(arguments + [target] + more, environment: environment)
      try #require(run.status == 0, "\(run.errors)")
      let record = try OrderedJSON(contentsOf: folder.path + "/\(name).nnx.json")
      return (record, try #require(record["peakBytes"]?.int))
    }
    let dry = try nnx.run(arguments + ["none.nii.gz", "--dry-run"], environment: environment)
    let least = try #require(try planned(dry)["leastBytes"]?.int)

    // What is refused has run no network, not even to check the kernels.
    let checks = folder.path + "/home/cache/kernel-checks"
    try FileManager.default.removeItem(atPath: checks)
    let refused = try nnx.run(
      arguments + [folder.path + "/refused.nii.gz", "--max-memory", "\(least)"],
      environment: environment)
    #expect(refused.status == 71)
    #expect(refused.output.contains("one network and its patch take"))
    #expect(try !folder.contents().contains("refused.nii.gz"))
    #expect(!FileManager.default.fileExists(atPath: checks))

    // The limit that the error names is one that works.
    let limit = try #require(refused.output.firstMatch(of: /at least --max-memory (\d+)M/)?.1)
    let bytes = try #require(Int(limit)) << 20
    let free = try peak("free")
    // The check of the kernels is made anew, below the limit.
    try FileManager.default.removeItem(atPath: checks)
    let kept = try peak("kept", "--max-memory", "\(limit)M")
    #expect(free.peak > bytes, "the limit asks nothing: \(free.peak) of \(bytes)")
    #expect(kept.peak <= bytes, "\(kept.peak) of \(bytes)")
    #expect(kept.record["output"]?["sha256"] == free.record["output"]?["sha256"])
  }
}
