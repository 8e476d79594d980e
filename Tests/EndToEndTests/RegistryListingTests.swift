import Foundation
import NNXSystem
import TestSupport
import Testing

/// Two hundred models as people meet them.
@Suite struct RegistryListingTests {
  let nnx = Binary()

  @Test func aFamilyStandsInTheListAsOne() throws {
    let table = try nnx.run("list", "--available").output
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("ts-") }
    #expect(rows.count == 1, "\(rows)")
    #expect(rows.first?.contains("nnx search ts") == true)
    let names = try nnx.run("list", "--available", "-q").output.split(separator: "\n")
    #expect(names.contains("totalsegmentator") && names.contains("ts-body"))
    #expect(table.contains("\(names.count) models."))
  }

  /// Of weights that are handed out against a number no size is known.
  @Test func whatHasNoFilesHasNoSize() throws {
    let table = try nnx.run("search", "totalsegmentator").output
    #expect(table.contains("ts-face") && !table.contains(" 0 B "))
  }

  @Test func aStructureFindsItsModels() throws {
    let femur = try nnx.run("search", "femur", "-q").output.split(separator: "\n")
    #expect(femur.contains("totalsegmentator"), "\(femur)")
    let cord = try nnx.run("search", "spinal cord", "--modality", "MR", "-q").output
    #expect(cord.contains("sct-spinalcord"), "\(cord)")
  }

  @Test func whatRunsPlainSaysSo() throws {
    let info = try nnx.run("info", "sct-spinalcord").output
    #expect(info.contains("Runs as plain nnU-Net"), "\(info)")
  }

  @Test func weightsAgainstANumberAreRefusedWithTheWayToThem() throws {
    let outcome = try nnx.run("install", "ts-heartchambers-highres")
    #expect(outcome.status == 77, "\(outcome.errors)")
    #expect(outcome.errors.contains("error[needs-licence]"), "\(outcome.errors)")
  }
}
