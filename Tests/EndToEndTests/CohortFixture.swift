import Foundation
import NNXSystem
import TestSupport
import Testing

/// A store with one model, a folder of scans, and a place for results.
struct CohortFixture {
  let nnx = Binary()
  let folder: TemporaryFolder
  /// A scan that the model reads.
  let scan: [UInt8]

  /// - Parameters:
  ///   - model: a case of the fixtures; the model is called `m`.
  ///   - scans: names of files below the folder, each a copy of the case's first image.
  init(_ model: String = "v2/plain_ct", scans: [String]) throws {
    folder = try TemporaryFolder()
    let place = "\(Fixtures.folder)/reference/\(model)"
    scan = try folder.read("\(place)/image_0000.nii.gz")
    let installed = try nnx.run("install", "\(place)/model.zip", "--name", "m", "-q")
    try #require(installed.status == 0, "\(installed.errors)")
    for name in scans { try folder.write(name, scan) }
  }

  /// `nnx predict -m m`, standing in the folder, without mirrored copies.
  func predict(_ arguments: String..., under wrapper: [String] = []) throws -> Binary.Outcome {
    try nnx.run(
      ["predict", "-m", "m", "--no-tta"] + arguments, folder: folder.path, under: wrapper)
  }

  func remove(_ names: String...) throws {
    for name in names { try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)") }
  }

  /// Names of the files in a folder below.
  func files(_ place: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(place)").sorted()
  }

  func digest(_ name: String) throws -> String {
    try Digest.ofFile("\(folder.path)/\(name)", .sha256)
  }

  func data(_ outcome: Binary.Outcome) throws -> OrderedJSON {
    try OrderedJSON(parsing: Array(outcome.output.utf8), source: "nnx")
  }
}

extension String {
  func count(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
