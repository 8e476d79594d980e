import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// What nnU-Net's own readers make of the same PNG, BMP and TIFF files, see
/// Scripts/make-fixtures/pictures_reading.py.
@Suite struct PicturesReadingTests {
  struct Case: CustomTestStringConvertible {
    let file: FormatCase
    let reader: ImageReader?
    let channels: Int
    var testDescription: String { file.testDescription }
  }

  static let cases: [Case] = {
    let path = Fixtures.folder + "/image/pictures-reading.json"
    return ((try? OrderedJSON(contentsOf: path).array) ?? []).map { item in
      Case(
        file: FormatCase(item), reader: ImageReader(rawValue: item["reader"]?.string ?? ""),
        channels: item["channels"]?.int ?? 0)
    }
  }()
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func fixtureIsThere() { #expect(Self.cases.count == 73) }

  @Test(arguments: cases)
  func readsAsNNUNetDoes(_ item: Case) throws {
    let images = try readImages(item.file.write(to: folder), as: item.reader)
    #expect(images.count == item.channels)
    for image in images {
      #expect(image.geometry.shape == item.file.shape)
      #expect(image.geometry.spacing == item.file.spacing)
    }
    #expect(images.flatMap { $0.voxels.values.map(\.bitPattern) } == item.file.voxels)
  }

  @Test(arguments: cases)
  func gridAloneIsTheSame(_ item: Case) throws {
    let path = try item.file.write(to: folder)
    #expect(
      try readGeometry(path, as: item.reader) == readImages(path, as: item.reader)[0].geometry)
  }

  /// Without a reader named, a page is a picture and several are a volume.
  @Test func takesAStackForAVolumeUnlessToldOtherwise() throws {
    let item = try #require(Self.cases.first { $0.testDescription == "TIF, three pages" })
    let path = try item.file.write(to: folder)
    #expect(try readImages(path, as: .naturalImage).count == 3)
    #expect(try readImage(path).geometry.shape == [3, 5, 7])
    #expect(try readImages(path, as: .tiffVolume)[0].geometry.shape == [3, 5, 7])
  }

  @Test func saysThatASpacingIsMissing() throws {
    let item = try #require(
      Self.cases.first {
        $0.testDescription == "TIF, pages without a spacing file, as a volume"
      })
    let remarks = try readImages(item.file.write(to: folder), as: .tiffVolume)[0].remarks
    #expect(remarks.count == 1 && remarks[0].contains("a.json"))
  }

  @Test func aColourPictureIsNotOneChannel() throws {
    let item = try #require(Self.cases.first { $0.testDescription == "PNG, RGB" })
    let error = #expect(throws: NNXError.self) { try readImage(item.file.write(to: folder)) }
    #expect(error?.code == .unsupportedImage)
  }
}
