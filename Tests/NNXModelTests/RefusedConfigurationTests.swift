import Foundation
import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

/// A publication of which nnx can run a part.
@Suite struct RefusedConfigurationTests {
  @Test func theOthersAreConvertedAndTheRefusedOneIsNamed() throws {
    let source = try Fixtures.unzip("reference/v2/cascade/model.zip")
    let lowres = try #require(
      try ResultsFolder(source.path).models.first { $0.configuration == "3d_lowres" })
    let plans = "\(source.path)/\(lowres.folder)/plans.json"
    let text = try String(contentsOfFile: plans, encoding: .utf8)
    try text.replacingOccurrences(of: "unet.PlainConvUNet", with: "primus.Primus")
      .write(toFile: plans, atomically: true, encoding: .utf8)
    let target = try TemporaryFolder()
    let models = try ResultsFolder(source.path).models
    let converted = try ModelConversion.convert(models, into: target.path) { _ in }
    #expect(converted.entries.map(\.description.configuration) == ["3d_cascade_fullres"])
    let opened = try ModelFolder(opening: target.path)
    #expect(opened.refused == converted.refused)
    #expect(opened.refused.map(\.configuration) == ["3d_lowres"])
    let error = #expect(throws: NNXError.self) { try opened.entry(configuration: "3d_lowres") }
    #expect(error?.code == .unsupportedNetwork)
    #expect(error?.message.contains("Primus") == true)
  }

  @Test func nothingToRunIsAnError() throws {
    let source = try Fixtures.unzip("reference/v2/plain_ct/model.zip")
    let models = try ResultsFolder(source.path).models
    let plans = "\(source.path)/\(models[0].folder)/plans.json"
    let text = try String(contentsOfFile: plans, encoding: .utf8)
    try text.replacingOccurrences(of: "unet.PlainConvUNet", with: "primus.Primus")
      .write(toFile: plans, atomically: true, encoding: .utf8)
    let target = try TemporaryFolder()
    let error = #expect(throws: NNXError.self) {
      try ModelConversion.convert(models, into: target.path) { _ in }
    }
    #expect(error?.code == .unsupportedNetwork)
    #expect(try target.contents() == [])
  }
}
