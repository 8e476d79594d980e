import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// One set of bounds of spacing and origin for every format, and decimal numbers in text headers.
@Suite struct GridBoundsTests {
  private static func nrrd(_ fields: String) -> [UInt8] {
    Array(
      ("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n" + fields + "\n").utf8)
      + [0, 1, 2, 3, 4, 5, 6, 7]
  }

  private static func placed(_ origin: String, space: String = "LPS", z: String = "1") -> [UInt8] {
    nrrd(
      "space: \(space)\nspace directions: (1,0,0) (0,1,0) (0,0,\(z))\nspace origin: \(origin)\n")
  }

  private static func meta(_ fields: String) -> [UInt8] {
    Array(
      ("NDims = 3\nDimSize = 2 2 2\nElementType = MET_UCHAR\n" + fields
        + "ElementDataFile = LOCAL\n").utf8) + [0, 1, 2, 3, 4, 5, 6, 7]
  }

  private static func nifti(_ change: (inout NIfTIBuilder) -> Void) -> [UInt8] {
    var builder = NIfTIBuilder()
    change(&builder)
    return builder.file
  }

  private static func gipl(spacing: Float, origin: Double) -> [UInt8] {
    func big<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
    var bytes = [2, 2, 2, 1, 8].flatMap { big(UInt16($0)) }
    bytes += [spacing, 1, 1, 1].flatMap { big($0.bitPattern) }
    bytes += [UInt8](repeating: 0, count: 204 - bytes.count)
    bytes += [origin, 0, 0, 0].flatMap { big($0.bitPattern) }
    bytes += [UInt8](repeating: 0, count: 16) + big(UInt32(4_026_526_128))
    return bytes + [0, 1, 2, 3, 4, 5, 6, 7]
  }

  @Test(arguments: [
    ("a.nii", nifti { $0.pixdim[2] = 1001 }, "1 x 1001 x 1 mm (pixdim)"),
    ("a.nii", nifti { $0.pixdim[2] = 1e-7 }, "mm (pixdim)"),
    (
      "a.nii", nifti { $0.units = 1 },
      "1000 x 1000 x 1000 mm (pixdim, in metres by its units)"
    ),
    (
      "a.nii", nifti { ($0.version, $0.place[0], $0.rows[0][3]) = (.two, 1e39, 1e39) },
      "further than float32 can tell"
    ),
    (
      "a.mha", meta("ElementSpacing = 1 2 3\nTransformMatrix = 1 0 0 0 1 0 9e9 0 1\n"),
      "mm (TransformMatrix)"
    ),
    ("a.nrrd", nrrd("spacings: 1 1 1001\n"), "1 x 1 x 1001 mm (spacings)"),
    ("a.nrrd", nrrd("spacings: 1 1 NaN\n"), "1 x 1 x nan mm (spacings)"),
    ("a.nrrd", nrrd("spacings: 1 1 inf\n"), "its field 'spacings' is not 3 numbers"),
    ("a.nrrd", nrrd("spacings: 1 1 0x10\n"), "its field 'spacings' is not 3 numbers"),
    ("a.nrrd", nrrd("spacings: 1 1 1_0\n"), "its field 'spacings' is not 3 numbers"),
    ("a.nrrd", nrrd("spacings: 0,7 0,7 2\n"), "its field 'spacings' is not 3 numbers"),
    ("a.nrrd", placed("(1e39,0,0)"), "further than float32 can tell"),
    ("a.nrrd", placed("(0x4,0,0)"), "its field 'spaceorigin' is not made of vectors"),
    ("a.nrrd", placed("(0,0,0)", z: "2000"), "mm (space directions)"),
    ("a.nrrd", placed("(0,0,0)", space: "somewhere"), "NRRD has no space 'somewhere'"),
    ("a.nrrd", placed("(0,0,0)", space: "LPS\nspace dimension: 3"), "both fields 'space' and"),
    ("a.nrrd", placed("(0,0,0)", space: "LPS\nspacings: nan 0 -1"), "both fields 'spacings' and"),
    ("a.nrrd", nrrd("space directions: (1,0,0) (0,1,0) (0,0,1)\n"), "and no field 'space'"),
    ("a.mha", meta("ElementSpacing = 1 1 NaN\n"), "its field 'ElementSpacing' is not 3 numbers"),
    ("a.mha", meta("ElementSpacing = 1 1 1e4\n"), "mm (ElementSpacing)"),
    ("a.mha", meta("Offset = 1e300 0 0\n"), "further than float32 can tell"),
    (
      "a.mha", meta("TransformMatrix = 1 0x10 0 0 1 0 0 0 1\n"),
      "'TransformMatrix' is not 9 numbers"
    ),
    ("a.gipl", gipl(spacing: 1e38, origin: 0), "mm (spacing)"),
    ("a.gipl", gipl(spacing: 1, origin: 1e300), "further than float32 can tell"),
  ])
  func refusesWhatCannotBe(name: String, bytes: [UInt8], detail: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(name, bytes)
    for read in [{ try _ = readImage(path) }, { try _ = readGeometry(path) }] {
      let error = #expect(throws: NNXError.self) { try read() }
      #expect(error?.code == .brokenImage)
      #expect(error?.details.contains { $0.contains(detail) } == true, "\(error?.details ?? [])")
    }
  }

  /// Each of the two slices could be, and no patient has both.
  @Test func refusesSlicesTooFarApart() throws {
    let folder = try TemporaryFolder()
    for (name, place) in [("IM0001.dcm", "-9000"), ("IM0002.dcm", "-12.5")] {
      let bytes = try folder.read("\(Fixtures.folder)/dicom/signed12/\(name)")
      let text = Array("-94.5\\-85.25\\".utf8)
      let start = try #require(
        bytes.indices.dropLast(text.count).first {
          bytes[$0..<$0 + text.count].elementsEqual(text)
        })
      let old = start + text.count..<start + text.count + 5
      try folder.write(
        name, bytes[..<old.lowerBound] + Array(place.utf8) + bytes[old.upperBound...])
    }
    for order in SeriesReading.Order.allCases {
      let error = #expect(throws: NNXError.self) {
        try readImage(folder.path, series: SeriesReading(order))
      }
      #expect(error?.code == .brokenImage)
      #expect(
        error?.details.first
          == "its voxels are 8987.5 x 3.1 x 3 mm (distance of slices, and pixels)",
        "\(error?.details ?? [])")
    }
  }

  /// What a slice stands for may be far thicker than a voxel is wide.
  @Test func takesAThickSlice() throws {
    let folder = try TemporaryFolder()
    let bytes = Self.nifti {
      $0.dim[3] = 1
      $0.pixdim[3] = 4995
      $0.data = Array($0.data[..<32])
    }
    #expect(try readImage(folder.write("a.nii", bytes)).geometry.spacing == [4995, 1, 1])
  }

  @Test(arguments: [
    ("a.nrrd", nrrd(""), [1.0, 1, 1], "it tells no spacing"),
    ("a.mha", meta(""), [1, 1, 1], "it tells no spacing"),
    (
      "a.nrrd", nrrd("spacings: +1 2e0 .5\nunits: \"cm\" \"cm\" \"cm\"\n"), [1, 2, 0.5],
      "its unit of length is 'cm'"
    ),
    (
      "a.mha", meta("ElementSpacing = 1 2 3\nDistanceUnits = m\n"), [1, 2, 3],
      "its unit of length is 'm'"
    ),
  ])
  func saysWhatIsAssumed(
    name: String, bytes: [UInt8], spacing: [Double], remark: String
  ) throws {
    let folder = try TemporaryFolder()
    let image = try readImage(folder.write(name, bytes))
    #expect(image.geometry.fileSpacing == spacing)
    #expect(image.remarks.count == 1 && image.remarks[0].hasPrefix(remark))
  }

  @Test func saysNothingOfWhatIsUsual() throws {
    let folder = try TemporaryFolder()
    let nrrd = Self.placed("(0,0,0)", space: "LPS\nspace units: \"mm\" \"mm\" \"mm\"")
    #expect(try readImage(folder.write("a.nrrd", nrrd)).remarks == [])
    let meta = Self.meta("ElementSpacing = 1 2 3\nDistanceUnits = mm\n")
    #expect(try readImage(folder.write("a.mha", meta)).remarks == [])
  }
}
