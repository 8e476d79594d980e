import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// What SimpleITK reads from the same bytes, see Scripts/make-fixtures/itk_reading.py.
@Suite struct NIfTIReadingTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let file: [UInt8]
    let shape: [Int]
    let spacing: [Double]
    let origin: [Double]
    let direction: [Double]
    let voxels: [UInt32]
  }

  static let cases: [Case] = {
    let path = Fixtures.folder + "/image/itk-reading.json"
    guard let all = try? OrderedJSON(contentsOf: path).array else { return [] }
    return all.map { item in
      let digits = Array((item["file"]?.string ?? "").utf8).map { $0 < 58 ? $0 - 48 : $0 - 87 }
      return Case(
        testDescription: item["name"]?.string ?? "",
        file: stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] },
        shape: item["shape"]?.array?.compactMap(\.int) ?? [],
        spacing: item["spacing"]?.array?.compactMap(\.double) ?? [],
        origin: item["origin"]?.array?.compactMap(\.double) ?? [],
        direction: item["direction"]?.array?.compactMap(\.double) ?? [],
        voxels: item["voxels"]?.array?.compactMap(\.int).map { UInt32($0) } ?? [])
    }
  }()
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func fixtureIsThere() { #expect(Self.cases.count == 95) }

  @Test(arguments: cases)
  func readsAsSimpleITKDoes(_ item: Case) throws {
    for (name, bytes) in [("a.nii", item.file), ("a.nii.gz", gzipped(item.file))] {
      let path = try folder.write(name, bytes)
      guard item.spacing.allSatisfy({ $0 <= 100 }) else {
        // Metres: ITK reads voxels of 2 m.
        #expect(throws: NNXError.self) { try readImage(path) }
        continue
      }
      let image = try readImage(path)
      #expect(image.geometry.shape == item.shape)
      #expect(image.geometry.spacing == item.spacing)
      #expect(isClose(image.geometry.origin, item.origin))
      #expect(isClose(image.geometry.direction, item.direction))
      #expect(image.voxels.values.map(\.bitPattern) == item.voxels)
      #expect(image.header.nifti?.bytes == Array(item.file[..<348]))
    }
  }

  @Test(arguments: [false, true])
  func readsNIfTI2(isBigEndian: Bool) throws {
    var builder = NIfTIBuilder(version: .two, isBigEndian: isBigEndian)
    builder.dim = [3, 4, 4, 2, 1, 1, 1, 1]
    builder.datatype = 512
    builder.pixdim = [1, 0.7, 0.8, 0.9, 0, 0, 0, 0]
    builder.data = (0..<32).flatMap { isBigEndian ? [1, UInt8($0)] : [UInt8($0), 1] }
    let image = try readImage(folder.write("a.nii.gz", gzipped(builder.file)))
    #expect(image.geometry.shape == [2, 4, 4])
    #expect(image.geometry.spacing == [0.9, 0.8, 0.7])
    #expect(image.voxels.values == (0..<32).map { Float(256 + $0) })
  }

  @Test func takesTwoDimensionsForOneSlice() throws {
    var builder = NIfTIBuilder()
    builder.dim = [2, 8, 8, 1, 1, 1, 1, 1]
    builder.pixdim = [1, 0.5, 2, 7, 0, 0, 0, 0]
    let image = try readImage(folder.write("a.nii", builder.file))
    #expect(image.geometry.shape == [1, 8, 8])
    #expect(image.geometry.spacing == [1998, 2, 0.5])
  }

  @Test func readsSeveralGzipMembers() throws {
    let file = NIfTIBuilder().file
    let parts = gzipped(Array(file[..<100])) + gzipped([]) + gzipped(Array(file[100...]))
    let image = try readImage(folder.write("a.nii.gz", parts))
    #expect(image.voxels.count == 64)
  }

  @Test func readsTheFileThatWasNamedAndNoOther() throws {
    try folder.write("A.nii", NIfTIBuilder().file)
    let error = #expect(throws: NNXError.self) { try readImage(folder.path + "/A.nii.gz") }
    #expect(error?.code == .fileNotFound)
  }

  @Test func remarksOnFormsThatDisagree() throws {
    var builder = NIfTIBuilder()
    #expect(try readImage(folder.write("a.nii", builder.file)).remarks == [])
    builder.place = [0, 0, 0.2]
    let remarks = try readImage(folder.write("a.nii", builder.file)).remarks
    #expect(
      remarks == [
        "its s-form (code 1) and q-form (code 1) put voxels up to 0.2 mm apart: the s-form counts,"
          + " as in ITK"
      ])
    builder = NIfTIBuilder()
    builder.pixdim[3] = 2
    builder.qformCode = 0
    let lengths = try readImage(folder.write("a.nii", builder.file)).remarks
    #expect(
      lengths == [
        "voxels are 1 x 1 x 1 mm by the s-form and 1 x 1 x 2 mm by pixdim; pixdim counts"
      ])
  }

  @Test func readsAShearedImageWithARemark() throws {
    var builder = NIfTIBuilder(qformCode: 0)
    builder.rows[0] = [1, 0.2, 0, 0]
    let image = try readImage(folder.write("a.nii", builder.file))
    #expect(image.remarks.first == "the s-form is sheared: two of its axes are not at right angles")
  }

  @Test func readsTheGridWithoutTheVoxels() throws {
    var builder = NIfTIBuilder()
    builder.data[0] = 1
    let path = try folder.write("a.nii", builder.file)
    #expect(try readGeometry(path) == readImage(path).geometry)
  }

  @Test func findsVoxelsThatAreNoNumbers() throws {
    var builder = NIfTIBuilder(datatype: 16, bitpix: 32)
    builder.dim = [3, 4, 4, 2, 1, 1, 1, 1]
    for (index, value) in [(6, Float.nan), (21, -.infinity)] {
      withUnsafeBytes(of: value.bitPattern.littleEndian) {
        builder.data.replaceSubrange((4 * index)..<(4 * index + 4), with: $0)
      }
    }
    let image = try readImage(folder.write("a.nii", builder.file))
    let error = #expect(throws: NNXError.self) { try image.checkFinite(path: "a.nii") }
    #expect(error?.code == .notFinite)
    #expect(error?.details == ["2 of 32, the first at x y z = 2 x 1 x 0"])
  }

  private func isClose(_ values: [Double], _ expected: [Double]) -> Bool {
    values.count == expected.count
      && zip(values, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
  }
}

/// What nnU-Net's NibabelIO makes of the same files, see Scripts/make-fixtures/nibabel_reading.py.
@Suite struct NibabelReadingTests {
  struct Case: CustomTestStringConvertible {
    let testDescription: String
    let file: [UInt8]
    let spacing: [Double]
    let voxels: [UInt32]
  }

  static let cases: [Case] = {
    let path = Fixtures.folder + "/image/nibabel-reading.json"
    return ((try? OrderedJSON(contentsOf: path).array) ?? []).compactMap { item in
      let name = item["name"]?.string ?? ""
      guard let file = NIfTIReadingTests.cases.first(where: { $0.testDescription == name })?.file
      else { return nil }
      return Case(
        testDescription: name, file: file,
        spacing: item["spacing"]?.array?.compactMap(\.double) ?? [],
        voxels: item["voxels"]?.array?.compactMap(\.int).map { UInt32($0) } ?? [])
    }
  }()

  @Test func fixtureIsThere() { #expect(Self.cases.count == 90) }

  @Test(arguments: cases)
  func readsAsNibabelDoes(_ item: Case) throws {
    let folder = try TemporaryFolder()
    let image = try readImages(folder.write("a.nii", item.file), as: .nibabel)[0]
    #expect(image.geometry.spacing == item.spacing)
    #expect(image.voxels.values.map(\.bitPattern) == item.voxels)
  }
}
