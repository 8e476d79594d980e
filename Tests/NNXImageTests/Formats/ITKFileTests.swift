import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// Headers as ITK writes them, and images inside of a mask, as HD-BET writes them.
@Suite struct ITKFileTests {
  private static let folder = "\(Fixtures.repository)/Tests/Fixtures/publishers"

  /// Of an oblique image with a q-form alone, by MOOSE through SimpleITK 2.5.7.
  @Test func theHeaderIsITKs() throws {
    let file = Self.folder + "/moose/mr_fvm_float_slope"
    let geometry = try readGeometry(file + "/image.nii.gz", as: .simpleITK)
    let expected = try #require(gunzipped(bytes(of: file + "/output.nii.gz"))).prefix(352)
    let own = NIfTIHeader.itkFile(geometry, axes: 3, .uint8, wasTurned: true)
    #expect(own == Array(expected))
  }

  /// NaN and infinity in a float32 file: 0 in what HD-BET 2.0.1 wrote, inside of the mask, too.
  @Test func theMaskedImageIsHDBETs() throws {
    let file = Self.folder + "/hd-bet/nan_inf"
    let own = try maskedImage(file + "/in/t2.nii.gz", by: file + "/exact/brain_bet.nii.gz")
    #expect(gunzipped(own) == gunzipped(bytes(of: file + "/exact/brain.nii.gz")))
  }

  /// Whole numbers that are scaled become float32; others keep their type, and numbers beyond 2^24 their last digit.
  @Test(arguments: [(1.0, Int16(8)), (0.5, 16)])
  func keepsTheTypeThatITKHas(_ slope: Double, _ type: Int16) throws {
    let folder = try TemporaryFolder()
    let voxels: [Int32] = [16_777_217, -3, 5, 16_777_219]
    var header = NIfTIHeader(
      Geometry(
        shape: [1, 2, 2], spacing: [1, 1, 1], origin: [0, 0, 0],
        direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]),
      axes: 3
    ).bytesForVoxels(.int32, description: "")
    header.replaceSubrange(112..<116, with: littleEndian(Float(slope).bitPattern))
    let image = try folder.write("i.nii", header + voxels.flatMap { littleEndian($0) })
    let mask = folder.path + "/mask.nii"
    try writeSegmentation(
      Segmentation(labels: LabelMap([1, 2, 2], [1, 0, 1, 1]), like: readImage(image)), to: mask)
    let bytes = try #require(gunzipped(maskedImage(image, by: mask)))
    #expect(bytes[70] == UInt8(type))
    let expected =
      slope == 1
      ? [voxels[0], 0, 5, voxels[3]].flatMap { littleEndian($0) }
      : [Float(8_388_608), 0, 2.5, 8_388_610].flatMap { littleEndian($0.bitPattern) }
    #expect(Array(bytes[352...]) == expected)
  }
}
