import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// A file for each structure, as TotalSegmentator 2.18.0 writes them without `--ml`
/// (Scripts/make-fixtures/structure_masks.py).
@Suite struct StructureFileTests {
  private static let folder = "\(Fixtures.folder)/image/structures"
  private static let names = [
    (1, "spleen"), (2, "kidney_right"), (5, "liver"), (10, "lung_upper_lobe_left"),
  ]

  /// Masks of labels need no image.
  private func notAsked() throws(NNXError) -> Image {
    throw NNXError(.unreadable, "the image was asked for")
  }

  private func segmentation(_ case: String) throws -> Segmentation {
    let image = try readImage("\(Self.folder)/\(`case`)/image.nii.gz")
    let labels = try readSegmentation("\(Self.folder)/\(`case`)/labels.nii.gz").labels
    var segmentation = Segmentation(labels: labels, like: image)
    segmentation.form = .totalSegmentator
    segmentation.table = LabelTable(Self.names.map { .init(value: $0, name: $1) })
    return segmentation
  }

  private func expectPackages(_ segmentation: Segmentation, _ case: String) throws {
    let folder = try TemporaryFolder()
    let files = StructureFile.all(of: segmentation.table)
    #expect(files.map(\.name) == Self.names.map(\.1))
    for file in files {
      let path = "\(folder.path)/\(file.name).nii.gz"
      try writeSegmentation(segmentation.mask(of: file, in: notAsked), to: path)
      let expected = try #require(
        gunzipped(bytes(of: "\(Self.folder)/\(`case`)/\(file.name).nii.gz")))
      #expect(try gunzipped(bytes(of: path)) == expected, "\(file.name)")
    }
  }

  @Test(arguments: ["plain", "extended"])
  func masksAreThePackages(_ case: String) throws {
    try expectPackages(segmentation(`case`), `case`)
  }

  /// Of a label map that lies there, made when it was written.
  @Test(arguments: ["plain", "extended"])
  func masksOfAWrittenMapAreThePackages(_ case: String) throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/labels.nii.gz"
    let own = try segmentation(`case`)
    try writeSegmentation(own, to: path)
    let expected = try #require(gunzipped(bytes(of: "\(Self.folder)/\(`case`)/labels.nii.gz")))
    #expect(try gunzipped(bytes(of: path)) == expected)
    var written = try readSegmentation(path)
    written.form = .totalSegmentator
    #expect(written.table.entries.map(\.name) == Self.names.map(\.1))
    try expectPackages(written.withoutWrittenTable, `case`)
  }

  /// `combine_masks` and `extract_skin`: a body that leaves the image, intensities about both bounds, a scaled image
  /// whose bounds are none of its values in float32.
  @Test(arguments: ["body", "body-scaled", "body-straight"])
  func bodyAndSkinAreThePackages(_ case: String) throws {
    let image = try readImages(
      "\(Self.folder)/\(`case`)/image.nii.gz", as: .nibabel, keepsExact: true)[0]
    let labels = try readSegmentation("\(Self.folder)/\(`case`)/labels.nii.gz").labels
    var segmentation = Segmentation(labels: labels, like: image)
    segmentation.form = .totalSegmentator
    segmentation.table = LabelTable([
      .init(value: 1, name: "body_trunc"), .init(value: 2, name: "body_extremities"),
    ])
    let body = LabelTable.Structure(name: "body", values: [1, 2], kind: .region)
    let skin = LabelTable.Structure(name: "skin", values: [1, 2], kind: .region)
    let shell = Shell(outward: 1, inward: 3, above: -200, below: 250, upTo: 5)
    let files = StructureFile.all(of: segmentation.table, and: [(body, nil), (skin, shell)])
    #expect(files.map(\.name) == ["body_trunc", "body_extremities", "body", "skin"])
    let folder = try TemporaryFolder()
    for file in files {
      let path = "\(folder.path)/\(file.name).nii.gz"
      try writeSegmentation(segmentation.mask(of: file) { image }, to: path)
      let expected = try #require(
        gunzipped(bytes(of: "\(Self.folder)/\(`case`)/\(file.name).nii.gz")))
      let own = try #require(gunzipped(bytes(of: path)))
      let differing = zip(own, expected).enumerated().filter { $1.0 != $1.1 }.map(\.offset)
      #expect(own.count == expected.count, "\(file.name)")
      #expect(differing == [], "\(file.name)")
    }
  }

  @Test func masksOfLabelsThatAreNotThereAreLeftOut() {
    let table = LabelTable([.init(value: 1, name: "trunk")])
    let body = LabelTable.Structure(name: "body", values: [1, 2], kind: .region)
    #expect(StructureFile.all(of: table, and: [(body, nil)]).map(\.name) == ["trunk"])
  }

  @Test func namesAreThoseOfFiles() {
    let table = LabelTable(
      [
        .init(value: 1, name: "a/b"), .init(value: 2, name: ".hidden"),
        .init(value: 3, name: "Core"), .init(value: 4, name: "core"),
        .init(value: 5, name: String(repeating: "é", count: 150)),
      ], regions: [.init(name: "whole", values: [3, 4])])
    let names = StructureFile.all(of: table).map(\.name)
    #expect(names.prefix(5) == ["whole", "a-b", "_.hidden", "Core-3", "core-4"])
    #expect(names.last?.utf8.count == 200)
  }

  /// Other files keep the name of the structure, and a region is one.
  @Test func ownMasksAreNamed() throws {
    var whole = try segmentation("plain")
    whole.form = .own
    let region = LabelTable.Structure(name: "abdomen", values: [1, 5], kind: .region)
    let file = StructureFile(structure: region, name: "abdomen")
    let mask = try whole.mask(of: file, in: notAsked)
    #expect(mask.table.entries.map(\.name) == ["abdomen"])
    #expect(mask.labels.labels == whole.labels.labels.map { $0 == 1 || $0 == 5 ? 1 : 0 })
  }
}
