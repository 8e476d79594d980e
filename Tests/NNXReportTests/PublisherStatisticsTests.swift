import NNXImage
import NNXTensor
import TestSupport
import Testing

@testable import NNXReport

/// By hand, after TotalSegmentator's `statistics.py`: 2.18.0 gives these numbers.
@Suite struct PublisherStatisticsTests {
  @Test func writesVolumesAndMeansAsTotalSegmentatorDoes() throws {
    let folder = try TemporaryFolder()
    let shape = [9, 9, 9]
    // Fractions are cut off towards 0 before the mean.
    let image = try folder.write(
      "i.nii",
      NIfTIBytes.float32(shape: shape, spacing: [1.1, 0.7, 0.7]) { $0 % 2 == 0 ? -1000.75 : 20.5 })
    var labels = [Int](repeating: 0, count: 729)
    func index(_ z: Int, _ y: Int, _ x: Int) -> Int { (z * 9 + y) * 9 + x }
    for x in 3...5 { labels[index(4, 4, x)] = 1 }
    // One voxel in the third plane is at the border.
    for z in 2...5 { labels[index(z, 3, 3)] = 2 }
    let map = folder.path + "/s.nii.gz"
    try writeSegmentation(
      Segmentation(labels: LabelMap(shape, labels), like: readImage(image)), to: map)
    let statistics = try PublisherStatistics(
      segmentation: map, image: image, names: [(1, "spleen"), (2, "liver"), (3, "heart")])
    let voxel = Float(0.7) * Float(0.7) * Float(1.1)
    let first = index(4, 4, 3) % 2 == 0
    let mean = first ? (-1000.0 + 20 - 1000) / 3 : (20.0 - 1000 + 20) / 3
    #expect(
      statistics.text == """
        {
            "spleen": {
                "volume": \(3 * Double(voxel)),
                "intensity": \((mean * 1e5).rounded() / 1e5)
            },
            "liver": {
                "volume": 0.0,
                "intensity": 0.0
            },
            "heart": {
                "volume": 0.0,
                "intensity": 0.0
            }
        }
        """)
  }
}
