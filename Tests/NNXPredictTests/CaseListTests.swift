import Glibc
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
    (["a.nii.gz", "b.nii.gz"], .channels), (["x.png", "y.png", "z.txt"], .noImages),
    ([], .noImages),
  ])
  func whatDoesNotFitIsRefused(names: [String], code: NNXError.Code) throws {
    let folder = try folder(names)
    let error = #expect(throws: NNXError.self) {
      try CaseList.find([folder.path], channels: ["T2", "ADC"], model: "m")
    }
    #expect(error?.code == code)
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
    #expect(throws: NNXError.self) { try OutputPaths("seg.png", cases: one, inputs: [a]) }
    #expect(OutputPaths.sibling(of: "x/seg.nii.gz", ending: ".json") == "x/seg.json")
  }
}
