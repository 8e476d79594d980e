import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXPredict

/// Parts of images: TotalSegmentator's thirds, MRSegmentator's halves, MOOSE's boxes.
@Suite struct PiecesTests {
  /// The planes that the package cut (`totalsegmentator/nnunet.py`), for 301 and 60 planes.
  @Test func cutsThirdsAsTotalSegmentatorDoes() {
    #expect(Pieces.thirds(301).map(\.seen) == [0..<120, 81..<220, 181..<301])
    #expect(Pieces.thirds(301).map(\.kept) == [0..<100, 100..<200, 200..<301])
    #expect(Pieces.thirds(60).map(\.seen) == [0..<40, 1..<60, 21..<60])
  }

  /// What networks see, and what becomes of their labels: split and joined by the implementation that meets the
  /// package's own parts (Scripts/make-fixtures/totalsegmentator_steps.py).
  @Test(arguments: [61, 122])
  func thirdsAreThePackages(_ planes: Int) throws {
    let arrays = try NPY.readAll("\(Fixtures.folder)/image/totalsegmentator.npz")
    func array(_ name: String) throws -> (shape: [Int], values: [Float]) {
      try #require(arrays[name])
    }
    func labels(_ name: String) throws -> LabelMap {
      let own = try array(name)
      return LabelMap(own.shape, own.values.map { Int($0) })
    }
    let whole = try array("image\(planes)")
    let image = Image(
      voxels: Tensor(whole.shape, whole.values),
      geometry: Geometry(
        shape: whole.shape, spacing: [1, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3))
    let pieces = try Pieces(.thirds(voxels: 1, planes: 60), whole.shape)
    let parts = ["s01", "s02", "s03"]
    for (own, part) in zip(pieces.parts(image), parts) {
      let expected = try array("image\(planes)_\(part)")
      #expect(own.voxels.shape == expected.shape && own.voxels.values == expected.values, "\(part)")
    }
    let joined = pieces.joined(try parts.map { try labels("labels\(planes)_\($0)") })
    #expect(try joined.labels == labels("labels\(planes)").labels)
  }

  /// 27 planes, halved twice with a margin of 2: the parts of MRSegmentator's case body_split2_odd.
  @Test func cutsHalvesAsMRSegmentatorDoes() throws {
    let halves = try Pieces.halves(27, 2, 2)
    #expect(halves.map(\.seen.count) == [9, 10, 10, 10])
    #expect(halves.map(\.seen) == [0..<9, 5..<15, 11..<21, 17..<27])
    #expect(halves.map(\.kept) == [0..<7, 7..<13, 13..<19, 19..<27])
  }

  /// MRSegmentator itself writes a file of one plane here, and says nothing.
  @Test func refusesTooFewPlanes() {
    let error = #expect(throws: NNXError.self) { try Pieces.halves(4, 1, 3) }
    #expect(error?.message == "an image of 4 planes cannot be halved 1 times with a margin of 3")
    #expect(throws: NNXError.self) { try Pieces.halves(1, 1, 0) }
  }

  /// 362 planes, as in MOOSE's case organs_long_chunks; 701 need three, the first two longer by one.
  @Test func cutsBoxesAsMOOSEDoes() {
    #expect(Pieces.even(350, longest: 350, overlap: 20).map(\.seen) == [0..<350])
    #expect(Pieces.even(362, longest: 350, overlap: 20).map(\.seen) == [0..<201, 161..<362])
    let long = Pieces.even(701, longest: 350, overlap: 20)
    #expect(long.map(\.kept) == [0..<234, 234..<468, 468..<701])
    #expect(long.map(\.seen) == [0..<254, 214..<488, 448..<701])
  }

  @Test(arguments: [
    Recipe.Pieces.thirds(voxels: 100, planes: 60), .halves(level: 3, margin: 4),
    .boxes(longest: 50, overlap: 7),
  ])
  func joinsWhatItCuts(_ rule: Recipe.Pieces) throws {
    let shape = [121, 3, 60]
    let count = shape.reduce(1, *)
    let whole = LabelMap(shape, (0..<count).map { $0 % 60000 })
    let pieces = try Pieces(rule, shape)
    #expect(pieces.all.count > 2)
    let parts = pieces.all.map { whole.cropped(to: $0.seen) }
    #expect(pieces.joined(parts).labels == whole.labels)
  }

  @Test func smallImagesStayWhole() throws {
    let rule = Recipe.Pieces.thirds(voxels: 1000, planes: 60)
    #expect(try Pieces(rule, [61, 5, 5]).all.count == 3)
    #expect(try Pieces(rule, [60, 5, 5]).all.count == 1)
    #expect(try Pieces(rule, [100, 2, 5]).all.count == 1)
    #expect(try Pieces(nil, [1000, 500, 500]).all.count == 1)
    #expect(try Pieces(.halves(level: 0, margin: 3), [9, 5, 5]).all.count == 1)
  }
}
