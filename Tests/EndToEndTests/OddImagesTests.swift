import NNXSystem
import TestSupport
import Testing

/// What is odd about an image is said by every verb that reads it, and what cannot be is refused before work begins.
@Suite struct OddImagesTests {
  private let nnx = Binary()
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let model = Fixtures.folder + "/reference/v2/odd_sizes/model.zip"
    try #require(try nnx.run("install", model, "--name", "m", "-q").status == 0)
  }

  private func file(
    _ name: String, forms: Bool = false, spacing: [Double] = [1, 1, 1],
    _ value: (Int) -> Float
  ) throws -> String {
    var bytes = NIfTIBytes.float32(shape: [12, 16, 20], spacing: spacing, value)
    if forms {
      // An s-form of code 2 whose x runs the other way, 30 mm further on.
      bytes[254] = 2
      for (index, element) in [-1, 0, 0, 30, 0, 1, 0, 0, 0, 0, 1, Float(0)].enumerated() {
        withUnsafeBytes(of: element) {
          bytes.replaceSubrange(280 + 4 * index..<284 + 4 * index, with: $0)
        }
      }
    }
    return try folder.write(name, bytes)
  }

  private func scan(_ index: Int) -> Float { Float(index % 1500) - 1000 }

  @Test func everyVerbSaysThatFormsDisagree() throws {
    let image = try file("scan.nii", forms: true, scan)
    let seg = try file("seg.nii", forms: true) { $0 % 3840 < 1000 ? 1 : 0 }
    try folder.write("p/a.nii", try folder.read(seg))
    try folder.write("r/a.nii", try folder.read(seg))
    let remark =
      "its s-form (code 2) and q-form (code 1) put voxels up to 30 mm apart: the q-form counts, as in"
      + " ITK; they do not agree which side is left"
    let out = folder.path + "/out"
    for arguments in [
      ["stats", seg], ["stats", seg, image], ["diff", seg, seg], ["labels", seg],
      ["evaluate", folder.path + "/p", folder.path + "/r", "-o", out + "1.json"],
      ["preview", image, seg, "-o", out + "2.png"], ["view", image],
      ["estimate", "-m", "m", "-i", image],
      ["predict", "-m", "m", "-i", image, "-o", out + "3.nii", "--no-tta", "--dry-run"],
      ["predict", "-m", "m", "-i", image, "-o", out + "4.nii", "--no-tta", "--stats"],
    ] {
      let outcome = try nnx.run(arguments)
      #expect(outcome.status == 0, "\(arguments): \(outcome.errors)")
      let notes = outcome.errors.split(separator: "\n").filter { $0.contains(remark) }
      #expect(notes.allSatisfy { $0.hasPrefix("note: \(folder.path)/") && !$0.contains(".nnx.") })
      // Once for each file that is read.
      #expect(!notes.isEmpty && Set(notes).count == notes.count, "\(arguments): \(outcome.errors)")
    }
    let record = try OrderedJSON(contentsOf: out + "4.nnx.json")
    #expect(record["warnings"]?.array?.compactMap(\.string) == ["\(image): \(remark)"])
    let json = try nnx.run("stats", seg, "--json")
    let answer = try OrderedJSON(parsing: Array(json.output.utf8), source: "nnx")
    #expect(answer["warnings"]?.array?.first?["message"]?.string == "\(seg): \(remark)")
  }

  @Test func metresAreNoMillimetres() throws {
    var bytes = NIfTIBytes.float32(shape: [12, 16, 20], spacing: [2, 1.25, 1.5], scan)
    bytes[123] = 1
    let image = try folder.write("metres.nii", bytes)
    for arguments in [
      ["predict", "-o", folder.path + "/o.nii"], ["estimate"],
      ["predict", "-o", folder.path + "/o.nii", "--dry-run"],
    ] {
      let outcome = try nnx.run(arguments + ["-m", "m", "-i", image])
      #expect(outcome.status == 65, "\(arguments): \(outcome.errors)")
      #expect(outcome.errors.contains("error[broken-image]"))
      #expect(
        outcome.errors.contains("1500 x 1250 x 2000 mm (pixdim, in metres by its units)"))
    }
    #expect(try folder.contents() == ["metres.nii"])
  }

  @Test func aMissingSpacingIsSaid() throws {
    let voxels = (0..<3840).flatMap { index in
      withUnsafeBytes(of: Int16(index % 1500 - 1000)) { Array($0) }
    }
    let head =
      "NRRD0004\ntype: short\ndimension: 3\nsizes: 20 16 12\nendian: little\nencoding: raw\n"
    let image = try folder.write("a.nrrd", Array((head + "\n").utf8) + voxels)
    let remark =
      "\(image): it tells no spacing; 1 mm along each axis is taken, as in ITK, and volumes are in that unit"
    let outcome = try nnx.run(
      "predict", "-m", "m", "-i", image, "-o", folder.path + "/o.nrrd", "--no-tta")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("note: " + remark))
    let record = try OrderedJSON(contentsOf: folder.path + "/o.nnx.json")
    #expect(record["warnings"]?.array?.compactMap(\.string) == [remark])
    #expect(record["spacing"]?.array?.compactMap(\.double) == [1, 1, 1])
    let broken = try folder.write(
      "b.nrrd", Array((head + "spacings: 1 1 NaN\n\n").utf8) + voxels)
    let refused = try nnx.run("predict", "-m", "m", "-i", broken, "-o", folder.path + "/p.nrrd")
    #expect(refused.status == 65 && refused.errors.contains("nan mm (spacings)"))
  }

  @Test func voxelsThatAreNoNumbersAreAllowed() throws {
    let image = try file("scan.nii") { $0 == 1000 ? .nan : $0 == 2000 ? .infinity : scan($0) }
    let refused = try nnx.run("predict", "-m", "m", "-i", image, "-o", folder.path + "/o.nii")
    #expect(refused.status == 65 && refused.errors.contains("--allow non-finite"))
    let outcome = try nnx.run(
      "predict", "-m", "m", "-i", image, "-o", folder.path + "/o.nii", "--no-tta", "--allow",
      "non-finite")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let warning =
      "\(image): 2 voxels are no number (NaN or infinite); ITK's NIfTI reader makes them 0 before it"
      + " scales, so they count as 0.0 here"
    #expect(outcome.errors.contains("note: " + warning))
    let record = try OrderedJSON(contentsOf: folder.path + "/o.nnx.json")
    #expect(record["warnings"]?.array?.compactMap(\.string) == [warning])
    // The same labels as of a scan with zeros there.
    let zeros = try file("zeros.nii") { $0 == 1000 || $0 == 2000 ? 0 : scan($0) }
    _ = try nnx.run("predict", "-m", "m", "-i", zeros, "-o", folder.path + "/z.nii", "--no-tta")
    #expect(try folder.read(folder.path + "/o.nii") == folder.read(folder.path + "/z.nii"))
  }
}
