import NNXSystem
import TestSupport
import Testing

/// Labels that lie elsewhere than the image they are held against, or whose names are another file's.
@Suite struct WrongPlacesTests {
  private let reference = "\(Fixtures.folder)/reference/v2/plain_ct"

  @Test func labelsThatLieElsewhereArePutOnNoGrid() throws {
    let shelf = try Shelf()
    let (image, path) = ("\(shelf.home)/far.mha", "\(shelf.home)/labels.nii.gz")
    func convert(_ place: String) throws -> Binary.Outcome {
      let header = """
        ObjectType = Image
        NDims = 3
        DimSize = 2 2 2
        ElementType = MET_UCHAR
        Offset = \(place)
        ElementSpacing = 1 1 1
        ElementDataFile = LOCAL

        """
      try AtomicFile.write(Array(header.utf8) + [UInt8](repeating: 0, count: 8), to: image)
      return try shelf.run(
        "convert", "\(reference)/segmentation.nii.gz", "--like", image, "-o", path)
    }
    let far = try convert("5000 0 0")
    #expect(far.status == 65, "\(far.errors)")
    #expect(far.errors.contains("no label of"), "\(far.errors)")
    #expect(Folder.kind(path) == nil)
  }

  /// nnU-Net's own file, which has no names, in the place of one of nnx.
  @Test func namesOfARecordOfOtherBytesAreTold() throws {
    let shelf = try Shelf([("m", "v2/plain_ct")])
    let path = "\(shelf.home)/seg.nii.gz"
    let made = try shelf.run(
      "predict", "-m", "m", "-i", "\(reference)/image_0000.nii.gz", "-o", path, "--no-tta")
    try #require(made.status == 0, "\(made.errors)")
    let own = try shelf.run("stats", path)
    #expect(own.status == 0 && !own.errors.contains("other bytes"))
    try AtomicFile.write(bytes(of: "\(reference)/segmentation.nii.gz"), to: path)
    let foreign = try shelf.run("stats", path)
    #expect(foreign.status == 0)
    #expect(foreign.errors.contains("seg.nnx.json, which is of other bytes"), "\(foreign.errors)")
  }
}
