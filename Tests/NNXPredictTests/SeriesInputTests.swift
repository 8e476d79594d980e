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
}
