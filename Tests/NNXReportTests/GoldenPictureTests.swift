import Foundation
import NNXImage
import NNXTensor
import TestSupport
import Testing

@testable import NNXReport

/// Every layout on one scene, compared with a stored picture. `NNX_UPDATE_SNAPSHOTS=1` draws them anew:
/// look at them then.
@Suite struct GoldenPictureTests {
  /// A body of soft tissue with a bright bar along its axis, a ball on the patient's left, and a smaller
  /// one inside a glassy shell on the right; 40 x 44 x 28 voxels of 2 x 2 x 3 mm, oblique by 10 degrees.
  private static func scene() -> (Image, Segmentation) {
    let (depth, rows, width) = (28, 44, 40)
    let shape = [depth, rows, width]
    let geometry = Geometry(
      shape: shape, spacing: [3, 2, 2], origin: [-30, -40, 0],
      direction: [0.9848, -0.1736, 0, 0.1736, 0.9848, 0, 0, 0, 1])
    let labels = LabelMap(shape, largestLabel: 3)
    var values = [Float](repeating: -1000, count: depth * rows * width)
    for z in 0..<depth {
      for y in 0..<rows {
        for x in 0..<width {
          func distance(_ cx: Double, _ cy: Double, _ cz: Double) -> Double {
            let (dx, dy, dz) = (2 * (Double(x) - cx), 2 * (Double(y) - cy), 3 * (Double(z) - cz))
            return (dx * dx + dy * dy + dz * dz).squareRoot()
          }
          let index = (z * rows + y) * width + x
          let body = hypot((Double(x) - 19.5) / 18, (Double(y) - 21.5) / 20)
          if body < 1 { values[index] = 40 + Float((x * 7 + y * 3 + z * 5) % 11) }
          if hypot(Double(x) - 20, Double(y) - 34) < 3 { values[index] = 700 }
          if distance(29, 20, 14) < 16 {
            labels[index] = 1
            values[index] = 120
          } else if distance(10, 20, 15) < 8 {
            labels[index] = 3
          } else if distance(10, 20, 14) < 17 {
            labels[index] = 2
          }
        }
      }
    }
    let image = Image(
      voxels: Tensor(shape, values), geometry: geometry, header: .picture(axes: 3))
    var segmentation = Segmentation(labels: labels, like: image)
    segmentation.table = LabelTable([
      .init(value: 1, name: "ball", rgb: [230, 60, 60]),
      .init(value: 2, name: "shell", rgb: [60, 160, 240]),
      .init(value: 3, name: "core", rgb: [250, 210, 40]),
    ])
    return (image, segmentation)
  }

  @Test(arguments: Preview.Layout.allCases) func looksAsItDid(layout: Preview.Layout) throws {
    let (image, segmentation) = Self.scene()
    let picture = try Preview(
      image: image, segmentation: segmentation, title: "scene",
      options: .init(layout: layout, side: 112))
    let path = "\(Fixtures.folder)/pictures/\(layout.rawValue).png"
    if ProcessInfo.processInfo.environment["NNX_UPDATE_SNAPSHOTS"] != nil {
      try Data(picture.png).write(to: URL(fileURLWithPath: path))
    }
    let folder = try TemporaryFolder()
    let drawn = try readImages(folder.write("drawn.png", picture.png))
    let stored = try readImages(path)
    #expect(drawn.count == 3 && stored.count == 3)
    for (ours, theirs) in zip(drawn, stored) {
      #expect(ours.geometry.shape == theirs.geometry.shape)
      guard ours.voxels.count == theirs.voxels.count else { continue }
      let differences = zip(ours.voxels.values, theirs.voxels.values).map { abs($0 - $1) }
      let far = differences.count { $0 > 24 }
      #expect(differences.reduce(0, +) / Float(differences.count) < 0.5)
      #expect(far * 500 < differences.count, "\(far) of \(differences.count) pixels differ")
    }
  }
}
