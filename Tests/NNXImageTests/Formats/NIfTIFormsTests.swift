import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Which of a file's two forms counts: what nnU-Net's four readers of scans make of 25 files for each pair of forms,
/// see Scripts/make-fixtures/nifti_forms.py.
@Suite struct NIfTIFormsTests {
  struct Pair: CustomTestStringConvertible {
    let testDescription: String
    let json: OrderedJSON

    func numbers(_ key: String) -> [Double] { json[key]?.array?.compactMap(\.double) ?? [] }

    /// The file, of codes `0...4` each.
    func file(qformCode: Int, sformCode: Int) -> [UInt8] {
      var builder = NIfTIBuilder()
      builder.dim = [3, 5, 4, 3, 1, 1, 1, 1]
      (builder.datatype, builder.bitpix) = (2, 8)
      builder.pixdim = numbers("pixdim") + [1, 1, 1, 1]
      builder.quaternion = numbers("quaternion")
      builder.place = numbers("place")
      let rows = numbers("rows")
      builder.rows = (0..<3).map { Array(rows[(4 * $0)..<(4 * $0 + 4)]) }
      builder.units = json["units"]?.int ?? 0
      (builder.qformCode, builder.sformCode) = (qformCode, sformCode)
      builder.data = (0..<60).map { UInt8($0) }
      return builder.file
    }

    /// What a reader makes of it; `nil` when it refuses the file.
    func answer(_ reader: String, qformCode: Int, sformCode: Int) -> [Double]? {
      let codes = Array((json[reader]?["codes"]?.string ?? "").utf8)
      let index = Int(codes[5 * sformCode + qformCode]) - 48
      return json[reader]?["answers"]?.array?[index].array?.compactMap(\.double)
    }
  }

  static let pairs: [Pair] = {
    let all = try? OrderedJSON(contentsOf: Fixtures.folder + "/image/nifti-forms.json").array
    return (all ?? []).map { Pair(testDescription: $0["name"]?.string ?? "", json: $0) }
  }()
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func fixtureIsThere() { #expect(Self.pairs.count == 83) }

  /// Spacing, origin and direction to the last bit; the order of the voxels; refusals as remarks.
  @Test(arguments: pairs)
  func takesITKsForm(_ pair: Pair) throws {
    for code in 0..<25 {
      let (q, s) = (code % 5, code / 5)
      let path = try folder.write("a.nii", pair.file(qformCode: q, sformCode: s))
      guard let answer = pair.answer("itk", qformCode: q, sformCode: s) else {
        // Refused, or read with a remark.
        let image = try? readImage(path, as: .simpleITK)
        #expect(image?.remarks.isEmpty != true, "codes \(q) \(s)")
        continue
      }
      let image = try readImage(path, as: .simpleITK)
      #expect(image.voxels.values == (0..<60).map { Float($0) })
      #expect(image.geometry.fileSpacing == Array(answer[0..<3]), "codes \(q) \(s)")
      #expect(image.geometry.origin == Array(answer[3..<6]), "codes \(q) \(s)")
      #expect(image.geometry.direction == Array(answer[6..<15]), "codes \(q) \(s)")
      let turned = try readImage(path, as: .simpleITKTurning)
      #expect(Self.corner(turned) == Array(answer[15...]), "codes \(q) \(s)")
    }
  }

  /// Spacing to the last bit; the affine to the last bit of an s-form, and of a q-form to that of its
  /// largest element (NumPy's products are summed in another order).
  @Test(arguments: pairs)
  func takesNibabelsForm(_ pair: Pair) throws {
    for code in 0..<25 {
      let (q, s) = (code % 5, code / 5)
      let path = try folder.write("a.nii", pair.file(qformCode: q, sformCode: s))
      let answer = try #require(pair.answer("nibabel", qformCode: q, sformCode: s))
      // A form of zeros stands for no place; nibabel keeps it, and cannot turn the image.
      let lengths: [Double] = (0..<3).map { axis in
        let column: [Double] = (0..<3).map { answer[3 + 4 * $0 + axis] }
        return column.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
      }
      if lengths.contains(0), q == 0 {
        #expect(throws: NNXError.self) { try readImage(path, as: .nibabel) }
        continue
      }
      let image = try readImage(path, as: .nibabel)
      #expect(image.voxels.values == (0..<60).map { Float($0) })
      #expect(image.geometry.fileSpacing == Array(answer[0..<3]), "codes \(q) \(s)")
      if lengths.contains(0) {
        #expect(image.remarks.contains("the q-form is used instead"))
        continue
      }
      let (origin, direction) = (image.geometry.origin, image.geometry.direction)
      for row in 0..<3 {
        let sign: Double = row < 2 ? -1 : 1
        #expect(origin[row] == sign * answer[6 + 4 * row], "codes \(q) \(s)")
        for axis in 0..<3 {
          let expected = sign * answer[3 + 4 * row + axis] / lengths[axis]
          let tolerance = s > 0 ? 0 : 4 * Double.ulpOfOne
          #expect(
            abs(direction[3 * row + axis] - expected) <= tolerance, "codes \(q) \(s)")
        }
      }
      let turned = try readImage(path, as: .nibabelTurning)
      #expect(Self.corner(turned) == Array(answer[15...]), "codes \(q) \(s)")
    }
  }

  private static func corner(_ image: Image) -> [Double] {
    let (height, width) = (image.geometry.shape[1], image.geometry.shape[2])
    return [0, 1, width, width * height].map { Double(image.voxels.values[$0]) }
  }

  @Test func saysWhichFormCounts() throws {
    var builder = NIfTIBuilder()
    builder.rows = [[-1, 0, 0, 3], [0, 1, 0, 0], [0, 0, 1, 0]]
    builder.sformCode = 2
    let path = try folder.write("a.nii", builder.file)
    #expect(
      try readImage(path).remarks == [
        "its s-form (code 2) and q-form (code 1) put voxels up to 3 mm apart: the q-form counts, as in"
          + " ITK; they do not agree which side is left"
      ])
    #expect(
      try readImage(path, as: .nibabel).remarks == [
        "its s-form (code 2) and q-form (code 1) put voxels up to 3 mm apart: the s-form counts, as in"
          + " nibabel; they do not agree which side is left"
      ])
    builder.rows = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0.3]]
    try folder.write("a.nii", builder.file)
    #expect(
      try readImage(path).remarks == [
        "its s-form (code 2) and q-form (code 1) put voxels up to 0.3 mm apart: the q-form counts, as in ITK"
      ])
    builder.rows[2][3] = 0.09
    try folder.write("a.nii", builder.file)
    #expect(try readImage(path).remarks == [])
  }
}
