import Foundation
import NNXImage
import NNXSystem
import TestSupport
import Testing

@testable import NNXPredict

/// Which series of DICOM the inputs of `nnx predict` stand for.
@Suite struct SeriesInputTests {
  /// A CT of 7 slices and an MR of 12 in one folder.
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["odd_size", "coronal_3d"] {
      let source = Fixtures.folder + "/dicom/" + name
      for file in try Folder.entries(source) {
        try folder.write("\(name)/\(file)", try folder.read("\(source)/\(file)"))
      }
    }
  }

  private func list(_ inputs: [String], _ channels: [String]) throws -> CaseList {
    try CaseList(inputs, channels: channels, model: "m")
  }

  @Test(arguments: [("CT", 7), ("T1 MR", 12)])
  func `of several series the only one of the model's kind is taken`(
    channel: String, slices: Int
  ) throws {
    let list = try list([folder.path], [channel])
    #expect(list.cases.count == 1 && list.remarks.count == 1)
    let name = folder.path.split(separator: "/").last.map(String.init)
    #expect(list.cases[0].name == name)
    #expect(list.cases[0].isSeries)
    let geometry = try readGeometry(list.cases[0].images[0], series: SeriesReading(.dicom))
    #expect(geometry.shape[0] == slices)
    let outputs = try OutputPaths("seg.nii.gz", cases: list.cases, inputs: [folder.path])
    #expect(outputs.segmentations == ["seg.nii.gz"])
  }

  @Test func `of several series none is guessed`() throws {
    let error = #expect(throws: NNXError.self) { try list([folder.path], ["image"]) }
    #expect(error?.code.name == "which-series")
    #expect(error?.details.count == 2)
  }

  @Test func `channels are given a series each, in any order`() throws {
    let inputs = [folder.path, "b=\(folder.path)/odd_size", "A=3"]
    let list = try list(inputs, ["a", "b"])
    let images = try #require(list.cases.first?.images)
    #expect(images.count == 2 && images[0] == "\(folder.path)#3")
    #expect(images[1].hasPrefix("\(folder.path)/odd_size#1."))
    let error = #expect(throws: NNXError.self) { try self.list(["b=x"], ["a", "b"]) }
    #expect(error?.message == "no series is given for a")
  }

  /// A scan in a file of its own, as far as its name tells.
  private func image(_ path: String) throws { try folder.write(path, [1, 2, 3]) }

  @Test func `images beside slices are not guessed between`() throws {
    try image("odd_size/mask.nii.gz")
    let error = #expect(throws: NNXError.self) { try list([folder.path + "/odd_size"], ["CT"]) }
    #expect(error?.code.name == "which-series")
    #expect(
      error?.fixes.contains { $0.hasSuffix("-i \(folder.path)/odd_size/mask.nii.gz") } == true)
    // Each by its address or name.
    #expect(try list([folder.path + "/odd_size#3"], ["CT"]).cases.count == 1)
    let one = try list([folder.path + "/odd_size/mask.nii.gz"], ["CT"])
    #expect(one.cases.map(\.name) == ["mask"])
  }

  @Test func `results beside slices are passed over`() throws {
    try image("odd_size/seg.nii.gz")
    let digest = try Digest.ofFile(folder.path + "/odd_size/seg.nii.gz", .sha256)
    let record = """
      {"schema": "nnx.run/1", "files": [{"path": "seg.nii.gz", "sha256": "\(digest)"}]}
      """
    try folder.write("odd_size/seg.nnx.json", Array(record.utf8))
    let list = try list([folder.path + "/odd_size"], ["CT"])
    #expect(list.cases.count == 1 && list.cases[0].isSeries)
    #expect(list.remarks.contains { $0.contains("1 result of nnx") })
  }

  @Test func `no patient is lost between DICOM and other images`() throws {
    try image("p1/ct.nii.gz")
    try image("p2/ct.nii.gz")
    let apart = #expect(throws: NNXError.self) { try self.list([folder.path], ["CT"]) }
    #expect(apart?.code.name == "which-series")
    // The DICOM that a patient's image was made of lies below it.
    let own = try TemporaryFolder()
    for name in try Folder.entries(folder.path + "/odd_size") {
      try own.write("p1/dicom/\(name)", try folder.read(folder.path + "/odd_size/\(name)"))
    }
    for patient in ["p1", "p2"] {
      try own.write("\(patient)/ct.nii.gz", try folder.read(folder.path + "/p1/ct.nii.gz"))
    }
    let list = try self.list([own.path], ["CT"])
    #expect(list.cases.map(\.name) == ["p1/ct", "p2/ct"])
    #expect(list.remarks.contains { $0.contains("p1/dicom") })
    let error = #expect(throws: NNXError.self) {
      try OutputPaths("seg.dcm", cases: list.cases, inputs: [own.path])
    }
    #expect(error?.code == .usage)
  }

  @Test func `a series of another kind than its channel is remarked on`() throws {
    let ct = folder.path + "/odd_size"
    #expect(try ModalityCheck.remark(ct, channel: "CT") == nil)
    #expect(
      try ModalityCheck.remark(ct, channel: "FDG PET")
        == "its modality is CT, and the model takes it for FDG PET")
    // What says nothing is not guessed.
    #expect(try ModalityCheck.remark(ct, channel: "image") == nil)
    try image("a.nii.gz")
    #expect(try ModalityCheck.remark(folder.path + "/a.nii.gz", channel: "PET") == nil)
    let other = folder.path + "/coronal_3d"
    #expect(
      try ModalityCheck.remark(other, channel: "PET")
        == "its modality is MR, and the model takes it for PET")
    #expect(try ModalityCheck.remark(other, channel: "T2") == nil)
  }
}
