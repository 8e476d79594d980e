import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// What SimpleITK reads from the same NRRD, MetaImage and GIPL files, see
/// Scripts/make-fixtures/formats_reading.py.
@Suite struct FormatsReadingTests {
  static let cases = FormatCase.all("formats-reading.json")
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func fixtureIsThere() { #expect(Self.cases.count == 127) }

  @Test(arguments: cases)
  func readsAsSimpleITKDoes(_ item: FormatCase) throws {
    let image = try readImage(item.write(to: folder))
    #expect(image.geometry.shape == item.shape)
    #expect(image.geometry.spacing == item.spacing)
    #expect(isClose(image.geometry.origin, item.origin))
    #expect(isClose(image.geometry.direction, item.direction))
    #expect(image.voxels.values.map(\.bitPattern) == item.voxels)
  }

  @Test(arguments: cases)
  func gridAloneIsTheSame(_ item: FormatCase) throws {
    let path = try item.write(to: folder)
    #expect(try readGeometry(path) == readImage(path).geometry)
  }

  @Test func remarksOnWhatIsOdd() throws {
    func remarks(_ name: String) throws -> [String] {
      let item = try #require(Self.cases.first { $0.testDescription == name })
      return try readImage(item.write(to: folder)).remarks
    }
    #expect(try remarks("NRRD, space RAS") == [])
    #expect(
      try remarks("NRRD, space scanner-xyz")
        == ["its space 'scanner-xyz' is none of a patient; its axes are taken as LPS"])
    #expect(
      try remarks("MetaImage, a slope that ITK does not apply")
        .last == "its ElementToIntensityFunction is not applied, as SimpleITK does not")
  }
}
