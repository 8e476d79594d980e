import Foundation
import NNXSystem
import TestSupport
import Testing

/// Names, colours and codes of labels in files other than NIfTI.
@Suite struct SegmentFilesTests {
  private func image(_ shelf: Shelf) -> String {
    "\(Fixtures.folder)/reference/v2/plain_ct/image_0000.nii.gz"
  }

  /// `predict` writes them, and every reading verb finds them: in NRRD in the file, as 3D Slicer has
  /// them, in MetaImage by the record beside.
  @Test(arguments: ["seg.nrrd", "seg.seg.nrrd", "seg.mha", "seg.nii.gz"])
  func namesAndColoursTravel(name: String) throws {
    let shelf = try Shelf([("m", "v2/plain_ct")])
    let path = "\(shelf.home)/\(name)"
    let done = try shelf.run("predict", "-m", "m", "-i", image(shelf), "-o", path, "--no-tta")
    try #require(done.status == 0, "\(done.errors)")
    let model = try shelf.data(["labels", "m"], schema: "nnx.labels/1")["labels"]
    let file = try shelf.data(["labels", path], schema: "nnx.labels/1")["labels"]
    #expect(file == model)
    let stats = try shelf.run("stats", path)
    for label in model?.array ?? [] {
      let name = try #require(label["name"]?.string)
      #expect(stats.output.contains(name), "\(stats.output)")
    }
    let same = try shelf.run("diff", path, path)
    #expect(same.status == 0, "\(same.errors)")
  }

  @Test func slicersSegmentsAreNamed() throws {
    let shelf = try Shelf()
    let path = "\(Fixtures.folder)/formats/seg/flat.seg.nrrd"
    let labels = try shelf.data(["labels", path], schema: "nnx.labels/1")["labels"]
    #expect(
      labels?.array?.compactMap { $0["name"]?.string } == ["back\\slash", "Lung: upper = left"])
    #expect(labels?.array?.last?["rgb"] == [249, 229, 229])
    #expect(labels?.array?.last?["codes"]?["type"]?["value"]?.string == "39607008")
    let stats = try shelf.run("stats", path)
    #expect(stats.output.contains("Lung: upper = left"), "\(stats.output)\(stats.errors)")
    let layers = try shelf.run("stats", "\(Fixtures.folder)/formats/seg/two-layers.seg.nrrd")
    #expect(layers.status == 65)
    #expect(layers.errors.contains("2 layers of overlapping segments"), "\(layers.errors)")
  }
}
