import NNXImage
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

@Suite struct CaseListTests {
  private func folder(_ names: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in names { try folder.write(name, []) }
    return folder
  }

  private func cases(
    _ inputs: [String], _ channels: [String], _ reader: ImageReader? = nil
  ) throws -> [Case] {
    try CaseList(inputs, channels: channels, reader: reader, model: "m").cases
  }

  @Test func severalFilesAreChannelsOrCases() throws {
    let folder = try folder(["a.nii.gz", "b.nii.gz"])
    let files = [folder.path + "/a.nii.gz", folder.path + "/b.nii.gz"]
    #expect(try cases(files, ["T2", "ADC"]) == [Case(name: "a", images: files)])
    #expect(try cases(files, ["CT"]).count == 2)
  }

  @Test(arguments: [["x.jpg", "y.jpg", "z.txt"], []])
  func aFolderWithoutImagesIsRefused(names: [String]) throws {
    let folder = try folder(names)
    let error = #expect(throws: NNXError.self) { try cases([folder.path], ["T2", "ADC"]) }
    #expect(error?.code == .noImages)
  }

  /// A scan whose ending nnx does not know is no case, and never passed over without a word.
  @Test func whatLooksLikeAnImageIsNamed() throws {
    let folder = try folder(["p1.nii.gz", "p2.nii (1).gz", "p3.mgz", "notes.txt", "p1.json"])
    let head = [UInt8](repeating: 0, count: 128)
    try folder.write("p4", head + Array("DICM".utf8) + head)
    let list = try CaseList([folder.path], channels: ["CT"], model: "m")
    #expect(list.cases.map(\.name) == ["p1"])
    #expect(
      list.remarks == [
        "3 files in \(folder.path) that look like images, not read for what the name ends in: "
          + "p2.nii (1).gz, p3.mgz, p4"
      ])
  }

  @Test(arguments: ["IM000001", "ct.dcm", "1.2.840.113619.2.1"])
  func dicomIsCalledByItsName(_ name: String) throws {
    let folder = try TemporaryFolder()
    let header = [UInt8](repeating: 0, count: 128)
    let path = try folder.write(name, header + Array("DICM".utf8) + header)
    for input in [path, folder.path] {
      let error = #expect(throws: NNXError.self) {
        _ = try readImages(try cases([input], ["CT"])[0].images[0])
      }
      #expect(error?.code.name == "broken-dicom")
      #expect(error?.message == "\(path) cannot be read")
    }
  }

  @Test func foldersWithoutImagesAreSaid() throws {
    let folder = try folder(["s0011/a.txt", "s0012/b/c.txt"])
    let error = #expect(throws: NNXError.self) { try cases([folder.path + "/"], ["CT"]) }
    #expect(error?.code == .noImages)
    #expect(
      error?.message
        == "no image in \(folder.path): it holds 2 folders (s0011, s0012), and none in these")

    let header = [UInt8](repeating: 0, count: 128)
    let series = try TemporaryFolder()
    try series.write("p1/IM1", header + Array("DICM".utf8) + header)
    let other = #expect(throws: NNXError.self) { try cases([series.path], ["CT"]) }
    #expect(other?.code.name == "broken-dicom")
  }

  @Test func findsImagesOfAllFormats() throws {
    let folder = try folder([
      "a_0000.nrrd", "b_0000.mha", "c_0000.mhd", "c_0000.raw", "d_0000.nii", "e_0000.nhdr",
    ])
    let cases = try cases([folder.path], ["CT"])
    #expect(cases.map(\.name) == ["a", "b", "c", "d", "e"])
    let outputs = try OutputPaths(folder.path + "/out/", cases: cases, inputs: [folder.path])
    #expect(
      outputs.segmentations
        == ["a.nrrd", "b.mha", "c.mha", "d.nii", "e.nrrd"].map {
          folder.path + "/out/" + $0
        })
  }

  @Test func aPictureHoldsOneChannelOrAll() throws {
    let folder = try folder(["a_0000.png", "b_0000.png", "b_0001.png", "b_0002.png"])
    let channels = ["R", "G", "B"]
    let found = try cases([folder.path], channels, .naturalImage)
    #expect(found.map(\.images.count) == [1, 3])
    #expect(found.allSatisfy { $0.problem == nil })
    let scans = try cases([folder.path], channels)
    #expect(scans.map(\.problem?.code) == [.channels, nil])
    let one = try cases([folder.path + "/a_0000.png"], channels, .naturalImage)
    #expect(one == [Case(name: "a", images: [folder.path + "/a_0000.png"])])
  }

  @Test func picturesBesideScansAreNoImages() throws {
    let folder = try folder(["a_0000.nii.gz", "a.preview.png"])
    for reader in [nil, ImageReader.simpleITK] {
      #expect(try cases([folder.path], ["CT"], reader).map(\.name) == ["a"])
    }
    let pictures = try self.folder(["x.png", "y.png"])
    let error = #expect(throws: NNXError.self) {
      try cases([pictures.path], ["CT"], .simpleITK)
    }
    #expect(error?.code == .noImages)
    #expect(try cases([pictures.path], ["CT"]).count == 2)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: NNXError.self) { try cases(["/nowhere/x.nii.gz"], ["CT"]) }
    #expect(error?.code == .fileNotFound)
    #expect(error?.message.contains("/nowhere/x.nii.gz") == true)
  }

  /// Scans and segmentations in one folder: what a record calls a result, and what still is it, is no
  /// patient.
  @Test func resultsOfNnxAreNoPatients() throws {
    let folder = try TemporaryFolder()
    let files = ["p1.nii.gz", "p1.uncertainty.nii.gz", "p2.nii.gz", "p1_0000.nii.gz"]
    for name in files { try folder.write(name, Array(name.utf8)) }
    func entry(_ name: String) throws -> String {
      let digest = try Digest.ofFile("\(folder.path)/\(name)", .sha256)
      return "{\"path\": \"\(name)\", \"sha256\": \"\(digest)\"}"
    }
    let record = """
      {"schema": "nnx.run/1", "files": [\(try entry(files[0])), \(try entry(files[1]))]}
      """
    try folder.write("p1.nnx.json", Array(record.utf8))
    let list = try CaseList([folder.path], channels: ["CT"], model: "m")
    #expect(list.cases.map(\.name) == ["p1", "p2"])
    #expect(list.remarks == ["2 results of nnx in \(folder.path): passed over"])
    // A scan that took the name of a result is a patient.
    try folder.write("p1.nii.gz", Array("a scan".utf8))
    #expect(try cases([folder.path], ["CT"]).map(\.name) == ["p1", "p1_0000", "p2"])
    let results = try TemporaryFolder()
    try results.write("p1.nii.gz", Array(files[0].utf8))
    try results.write("p1.nnx.json", Array(record.utf8))
    let error = #expect(throws: NNXError.self) { try cases([results.path], ["CT"]) }
    #expect(error?.message == "no image in \(results.path): all it holds are results of nnx")
  }

  @Test func outputsAreAFileOrAFolder() throws {
    let folder = try folder(["a.nii.gz", "b.nii"])
    let (a, b) = (folder.path + "/a.nii.gz", folder.path + "/b.nii")
    let one = try cases([a], ["CT"])
    #expect(try OutputPaths("seg.nii.gz", cases: one, inputs: [a]).segmentations == ["seg.nii.gz"])
    #expect(try OutputPaths("out//", cases: one, inputs: [a]).segmentations == ["out/a.nii.gz"])
    let two = try cases([a, b], ["CT"])
    #expect(
      try OutputPaths("out", cases: two, inputs: [a, b]).segmentations
        == ["out/a.nii.gz", "out/b.nii"])
    #expect(throws: NNXError.self) { try OutputPaths("seg.jpg", cases: one, inputs: [a]) }
  }
}
