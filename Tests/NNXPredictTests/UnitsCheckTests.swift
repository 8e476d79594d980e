import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXPredict

/// Intensities that cannot be what a model was trained on.
@Suite struct UnitsCheckTests {
  private static let trained = Normalization.ct(
    .init(mean: 90, deviation: 40, percentile00_5: -20, percentile99_5: 200), useMask: false)

  /// Values spread evenly from `low` to `high`, after a share of air at -1000.
  private func image(_ low: Float, _ high: Float, air: Int = 0, isScan: Bool = true) throws -> Image
  {
    let shape = [10, 10, 10]
    let values = (0..<1000).map { index in
      index < air ? -1000 : low + (high - low) * Float(index) / 999
    }
    let folder = try TemporaryFolder()
    let path = try folder.write("a.nii", NIfTIBytes.float32(shape: shape) { values[$0] })
    var image = try readImage(path)
    if !isScan {
      image = Image(
        voxels: image.voxels, geometry: image.geometry, header: .picture(axes: 3))
    }
    return image
  }

  private func code(
    _ image: Image, _ channel: String, _ normalization: Normalization = trained
  ) -> String? {
    UnitsCheck.problem(image, "x.nii", channel: channel, normalization)?.code.name
  }

  @Test func namesTellWhatAChannelHolds() {
    for name in ["CT", "ct", "portal venous CT", "CT (registered)", "CBCT"] {
      #expect(UnitsCheck.kind(name) == .ct, "\(name)")
    }
    for name in ["T1", "t1ce", "T1-MR", "T2w", "FLAIR", "MR", "ADC"] {
      #expect(UnitsCheck.kind(name) == .mr, "\(name)")
    }
    #expect(UnitsCheck.kind("FDG PET") == .pet)
    // A word that merely holds the letters is none.
    for name in ["0", "image", "OCT", "ACTIVE", "tract", "rgb_to_0_1"] {
      #expect(UnitsCheck.kind(name) == .unknown, "\(name)")
    }
  }

  @Test(arguments: [
    (Float(0), Float(1), "0 to 1"), (0, 255, "8 bits"), (0, 3071, "1024"), (0, 65535, "again"),
    (-2.5, 6, "normalised"), (-30, 833, "Is it CT"),
  ])
  func ctThatWasRescaledIsRefused(low: Float, high: Float, hint: String) throws {
    for normalization in [Self.trained, .zScore(useMask: false)] {
      let problem = UnitsCheck.problem(
        try image(low, high), "x.nii", channel: "CT", normalization)
      #expect(problem?.code.name == "not-hounsfield")
      #expect(problem?.fixes.first?.contains(hint) == true, "\(problem?.fixes ?? [])")
      #expect(problem?.fixes.last?.contains("--allow units") == true)
    }
  }

  /// A whole scan, one clipped to a window, a crop of soft tissue, one in a liver, one with odd padding.
  @Test(arguments: [
    (Float(-1024), Float(3071)), (-160, 240), (-120, 500), (-30, 180), (-32768, 2000),
  ])
  func hounsfieldUnitsAreNot(low: Float, high: Float) throws {
    #expect(code(try image(low, high), "CT") == nil)
  }

  @Test func mrAndPETThatHoldTheAirOfCTAreRefused() throws {
    let ct = try image(-100, 1500, air: 300)
    #expect(code(ct, "T1", .zScore(useMask: true)) == "looks-like-ct")
    #expect(code(ct, "FDG PET", .zScore(useMask: false)) == "looks-like-ct")
    #expect(code(ct, "CT") == nil)
    #expect(code(ct, "image", .zScore(useMask: false)) == nil)
    #expect(code(try image(-47, 833), "T1", .zScore(useMask: false)) == nil)
    #expect(code(try image(-759, 862), "ADC", .zScore(useMask: false)) == nil)
  }

  @Test func whatIsNotCertainIsNotRefused() throws {
    // Micro-CT in units of its own, a constant stand-in, and a picture, which has no values below 0.
    let micro = Normalization.ct(
      .init(mean: 20000, deviation: 9000, percentile00_5: 4000, percentile99_5: 50000),
      useMask: false)
    #expect(code(try image(0, 65535), "CT", micro) == nil)
    #expect(code(try image(0, 0), "CT") == nil)
    #expect(code(try image(0, 255, isScan: false), "CT") == nil)
    #expect(code(try image(0, 3e30), "CT") == "not-hounsfield")
  }

  /// The sides are those that `LabelStatistics` tells, label by label.
  @Test func labelsAtTheBorderAreFound() {
    let labels = LabelMap([3, 4, 5], largestLabel: 3)
    labels[0] = 1
    labels[3 * 4 * 5 - 1] = 2
    labels[1 * 20 + 1 * 5 + 2] = 3
    let geometry = Geometry(
      shape: [3, 4, 5], spacing: [1, 1, 1], origin: [0, 0, 0],
      direction: [-1, 0, 0, 0, 1, 0, 0, 0, 1])
    let sides = LabelSides(labels, geometry)
    // File axes run to the right, the back and the head.
    #expect(sides.reached(by: [1]) == ["inferior", "anterior", "left"])
    #expect(sides.reached(by: [2]) == ["superior", "posterior", "right"])
    #expect(sides.reached(by: [3]).isEmpty)
    #expect(
      sides.reached(by: [1, 2])
        == ["superior", "inferior", "posterior", "anterior", "right", "left"])
  }
}
