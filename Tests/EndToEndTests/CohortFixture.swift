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

  /// Names of the files in a folder below, without what nnx keeps of a cohort (`.nnx`).
  func files(_ place: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(place)").sorted()
      .filter { $0 != ".nnx" }
  }

  /// Paints in an image, as a person does who corrects a segmentation: every voxel of a part gets a value.
  func paint(_ name: String, _ value: UInt8 = 1) throws {
    let path = "\(folder.path)/\(name)"
    var bytes = try #require(gunzipped(folder.read(path)))
    // Behind the header and its extensions: vox_offset of NIfTI-1.
    let offset = Float(bitPattern: bytes[108..<112].reversed().reduce(0) { $0 << 8 | UInt32($1) })
    for index in Int(offset)..<Int(offset) + 200 { bytes[index] = value }
    try folder.write(name, gzipped(bytes))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try folder.read("\(folder.path)/\(name)"), as: UTF8.self)
  }

  /// Gives two files each other's name.
  func swap(_ a: String, _ b: String) throws {
    let files = FileManager.default
    try files.moveItem(atPath: "\(folder.path)/\(a)", toPath: "\(folder.path)/aside")
    try files.moveItem(atPath: "\(folder.path)/\(b)", toPath: "\(folder.path)/\(a)")
    try files.moveItem(atPath: "\(folder.path)/aside", toPath: "\(folder.path)/\(b)")
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
