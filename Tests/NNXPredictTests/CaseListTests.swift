import Glibc
import NNXImage
import NNXPredict
import NNXSystem
import TestSupport
import Testing

@Suite struct CaseListTests {
  private func folder(_ names: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in names { try folder.write(name, []) }
    return folder
  }

  @Test func nnUNetNamesArePutTogetherByCase() throws {
    let folder = try folder([
      "b_0000.nii.gz", "b_0001.nii.gz", "a_0001.nii.gz", "a_0000.nii.gz", "notes.txt",
    ])
    let cases = try CaseList.find([folder.path], channels: ["T2", "ADC"], model: "m")
    #expect(cases.map(\.name) == ["a", "b"])
    #expect(
      cases[0].images == [folder.path + "/a_0000.nii.gz", folder.path + "/a_0001.nii.gz"])
  }

  @Test func anyNameIsACaseOfASingleChannelModel() throws {
    let folder = try folder(["scan 1.nii.gz", "x_0000.nii", "y.NII.GZ"])
    let cases = try CaseList.find([folder.path], channels: ["CT"], model: "m")
    #expect(cases.map(\.name) == ["scan 1", "x", "y"])
  }

  @Test func severalFilesAreChannelsOrCases() throws {
    let folder = try folder(["a.nii.gz", "b.nii.gz"])
    let files = [folder.path + "/a.nii.gz", folder.path + "/b.nii.gz"]
    let channels = try CaseList.find(files, channels: ["T2", "ADC"], model: "m")
    #expect(channels == [Case(name: "a", images: files)])
    #expect(try CaseList.find(files, channels: ["CT"], model: "m").count == 2)
  }

  @Test(arguments: [
    (["a_0000.nii.gz"], NNXError.Code.channels), (["a_0000.nii.gz", "a_0002.nii.gz"], .channels),
    (["a.nii.gz", "b.nii.gz"], .channels), (["x.jpg", "y.jpg", "z.txt"], .noImages),
    ([], .noImages),
  ])
  func whatDoesNotFitIsRefused(names: [String], code: NNXError.Code) throws {
    let folder = try folder(names)
    let error = #expect(throws: NNXError.self) {
      try CaseList.find([folder.path], channels: ["T2", "ADC"], model: "m")
    }
    #expect(error?.code == code)
  }

  @Test(arguments: ["IM000001", "ct.dcm", "1.2.840.113619.2.1"])
  func dicomIsCalledByItsName(_ name: String) throws {
    let folder = try TemporaryFolder()
    let header = [UInt8](repeating: 0, count: 128)
    let path = try folder.write(name, header + Array("DICM".utf8) + header)
    for input in [path, folder.path] {
      let error = #expect(throws: NNXError.self) {
        let cases = try CaseList.find([input], channels: ["CT"], model: "m")
        _ = try readImages(cases[0].images[0])
      }
      #expect(error?.code.name == "unsupported-image")
      #expect(error?.message == "\(input) is DICOM, which nnx does not read yet")
      #expect(error?.fixes.first?.hasSuffix(" \(folder.path)") == true)
    }
  }

  @Test func findsImagesOfAllFormats() throws {
    let folder = try folder([
      "a_0000.nrrd", "b_0000.mha", "c_0000.mhd", "c_0000.raw", "d_0000.nii", "e_0000.nhdr",
    ])
    let cases = try CaseList.find([folder.path], channels: ["CT"], model: "m")
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
    let cases = try CaseList.find(
      [folder.path], channels: channels, reader: .naturalImage, model: "m")
    #expect(cases.map(\.images.count) == [1, 3])
    let error = #expect(throws: NNXError.self) {
      try CaseList.find([folder.path], channels: channels, model: "m")
    }
    #expect(error?.code == .channels)
    let one = try CaseList.find(
      [folder.path + "/a_0000.png"], channels: channels, reader: .naturalImage, model: "m")
    #expect(one == [Case(name: "a", images: [folder.path + "/a_0000.png"])])
  }

  @Test func picturesBesideScansAreNoImages() throws {
    let folder = try folder(["a_0000.nii.gz", "a.preview.png"])
    for reader in [nil, ImageReader.simpleITK] {
      let cases = try CaseList.find(
        [folder.path], channels: ["CT"], reader: reader, model: "m")
      #expect(cases.map(\.name) == ["a"])
    }
    let pictures = try self.folder(["x.png", "y.png"])
    let error = #expect(throws: NNXError.self) {
      try CaseList.find([pictures.path], channels: ["CT"], reader: .simpleITK, model: "m")
    }
    #expect(error?.code == .noImages)
    #expect(try CaseList.find([pictures.path], channels: ["CT"], model: "m").count == 2)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: NNXError.self) {
      try CaseList.find(["/nowhere/x.nii.gz"], channels: ["CT"], model: "m")
    }
    #expect(error?.code == .fileNotFound)
    #expect(error?.message.contains("/nowhere/x.nii.gz") == true)
  }

  @Test func twoCasesOfOneNameAreRefused() throws {
    let folder = try folder(["x.nii.gz", "x.nii"])
    let error = #expect(throws: NNXError.self) {
      try CaseList.find([folder.path], channels: ["CT"], model: "m")
    }
    #expect(error?.code == .outputExists)
  }

  @Test func outputsAreAFileOrAFolder() throws {
    let folder = try folder(["a.nii.gz", "b.nii"])
    let (a, b) = (folder.path + "/a.nii.gz", folder.path + "/b.nii")
    let one = try CaseList.find([a], channels: ["CT"], model: "m")
    #expect(try OutputPaths("seg.nii.gz", cases: one, inputs: [a]).segmentations == ["seg.nii.gz"])
    #expect(try OutputPaths("out/", cases: one, inputs: [a]).segmentations == ["out/a.nii.gz"])
    let two = try CaseList.find([a, b], channels: ["CT"], model: "m")
    #expect(
      try OutputPaths("out", cases: two, inputs: [a, b]).segmentations
        == ["out/a.nii.gz", "out/b.nii"])
    #expect(throws: NNXError.self) { try OutputPaths("seg.jpg", cases: one, inputs: [a]) }
    #expect(OutputPaths.sibling(of: "x/seg.nii.gz", ending: ".json") == "x/seg.json")
  }
}
