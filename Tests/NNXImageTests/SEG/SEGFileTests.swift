import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// DICOM segmentations that highdicom 0.28.2 and dcmqi 1.5.7 wrote, with the labels that they read back on the
/// grid of the series, in dcm2niix's order.
@Suite struct SEGFileTests {
  private static let folder = Fixtures.folder + "/seg/"

  @Test(arguments: [
    "hd_binary", "hd_labelmap_rle", "hd_labelmap_jpegls", "hd_labelmap_16", "hd_partial",
    "hd_all_empty", "hd_odd_size", "hd_coronal", "hd_shuffled", "dcmqi_gaps", "dcmqi_deflated",
    "dcmqi_background",
  ])
  func labelsAreThoseOfTheirWriters(_ name: String) throws {
    let expected = try readSegmentation(Self.folder + name + "/labels.nii.gz")
    let file = try readSegmentation(Self.folder + name + "/seg.dcm")
    #expect(file.coversPart)
    let placed = file.placed(on: expected.geometry, header: expected.header)
    #expect(placed.labels.bytes == expected.labels.bytes)
    #expect(file.fits(on: expected.geometry))
    #expect(Set(expected.labels.labels).subtracting([0]).allSatisfy { file.table[$0] != nil })
  }

  /// Half of the places lie half way between two voxels: the order of the grid decides which is taken, and ITK
  /// was asked in that of the series. `nnx convert --like` asks in it too.
  @Test func anotherGridTakesTheNearest() throws {
    let expected = try readSegmentation(Self.folder + "dcmqi_other_grid/labels.nii.gz")
    let file = try readSegmentation(Self.folder + "dcmqi_other_grid/seg.dcm")
    #expect(!file.fits(on: expected.geometry))
    let placed = file.placed(on: expected.geometry, header: expected.header)
    let (own, theirs) = (placed.labels.histogram, expected.labels.histogram)
    #expect(own.count == theirs.count)
    #expect(zip(own, theirs).dropFirst().allSatisfy { abs($0 - $1) <= $1 / 10 })
  }

  @Test func namesColoursAndCodesCome() throws {
    let table = try SEGFile(Self.folder + "hd_binary/seg.dcm").table
    #expect(table.entries.count == 3)
    let first = try #require(table[1])
    #expect(first.terms.first { $0.role == "type" }?.scheme == "SCT")
    #expect(first.rgb.count == 3)
    let background = try SEGFile(Self.folder + "dcmqi_background/seg.dcm").table
    #expect(background.entries.map(\.isBackground) == [true, false])
  }

  @Test func overlapsAreRefusedByNameAndReadOneByOne() throws {
    let file = try SEGFile(Self.folder + "hd_overlap/seg.dcm")
    let error = #expect(throws: NNXError.self) { try file.segmentation() }
    #expect(error?.code == .unsupportedImage)
    #expect(error?.details.first?.contains(file.segments[0].label) ?? false)
    for number in [1, 2] {
      let expected = try readSegmentation(Self.folder + "hd_overlap/segment_\(number).nii.gz")
      let placed = try file.segmentation(segments: [number])
        .placed(on: expected.geometry, header: expected.header)
      #expect(placed.labels.labels.map { $0 == 0 ? 0 : 1 } == expected.labels.labels)
    }
    #expect(try file.numbers(of: file.segments[1].label) == [2])
    #expect(throws: NNXError.self) { try file.numbers(of: "heart") }
  }

  /// A voxel each of 0 to 100 hundredths; 100 x 0.55 is more than 55 in double.
  @Test func sharesFromTheThresholdOnBelong() throws {
    let file = try SEGFile(Self.folder + "hd_fractional/seg.dcm")
    #expect(throws: NNXError.self) { try file.segmentation() }
    for hundredths in [1, 7, 14, 28, 29, 50, 55, 57, 100] {
      let labels = try file.segmentation(threshold: Double(hundredths) / 100).labels
      #expect(labels.histogram[1] == 101 - hundredths)
    }
  }

  @Test func coloursAreThoseOfDcmqi() {
    let pairs: [([Int], [Double])] = [
      ([241, 214, 145], [56638, 32899, 42533]), ([221, 130, 101], [41661, 41167, 40792]),
      ([255, 255, 255], [65535, 32897, 32893]),
    ]
    for (rgb, lab) in pairs {
      #expect(zip(CIELab(rgb: rgb).values, lab).allSatisfy { abs($0 - $1) <= 3 })
      #expect(CIELab(lab).rgb == rgb)
    }
  }

  /// DCMTK reads such runs from wherever that is.
  @Test func runsThatBeginBehindTheFileAreRefused() throws {
    let folder = Fixtures.folder + "/fuzz/seg/"
    _ = try readSegmentation(folder + "rle")
    let error = #expect(throws: NNXError.self) { try readSegmentation(folder + "rle_astray") }
    #expect(error?.code == .brokenDICOM)
  }

  @Test func damagedFilesAreRefused() throws {
    let whole = bytes(of: Self.folder + "hd_binary/seg.dcm")
    let folder = try TemporaryFolder()
    var generator = SystemRandomNumberGenerator()
    for trial in 0..<40 {
      var damaged = whole
      if trial.isMultiple(of: 4) {
        damaged.removeLast(Int.random(in: 1..<whole.count, using: &generator))
      } else {
        for _ in 0..<8 {
          damaged[Int.random(in: 132..<whole.count, using: &generator)] ^= UInt8.random(in: 1...255)
        }
      }
      let path = folder.path + "/\(trial).dcm"
      try AtomicFile.write(damaged, to: path)
      // Read or refused; never worse.
      _ = try? SEGFile(path).segmentation()
    }
  }
}
