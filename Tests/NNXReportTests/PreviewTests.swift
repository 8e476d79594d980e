import NNXImage
import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXReport

@Suite struct PreviewTests {
  static let side = 64
  static let colour = [255, 0, 255]

  /// Axis directions in LPS, as columns: LPS, RAS, axes permuted and flipped, turned by 20 degrees.
  static let directions: [[Double]] = [
    [1, 0, 0, 0, 1, 0, 0, 0, 1], [-1, 0, 0, 0, -1, 0, 0, 0, 1], [0, 0, -1, 1, 0, 0, 0, 1, 0],
    [0, -1, 0, 0, 0, 1, -1, 0, 0], [0.94, -0.342, 0, 0.342, 0.94, 0, 0, 0, -1],
  ]

  /// A volume of 12 x 10 x 8 voxels with one label in the corner that is the patient's left, front and
  /// head, whatever the file's axes are.
  private func corner(_ direction: [Double]) -> (Image, Segmentation) {
    let shape = [8, 10, 12]
    let geometry = Geometry(
      shape: shape, spacing: [2, 1.5, 1], origin: [0, 0, 0], direction: direction)
    let wanted: Set<Character> = ["L", "A", "S"]
    let extents = [12, 10, 8]
    let isUpper = geometry.axisCodes.map { wanted.contains($0) }
    let labels = LabelMap(shape, largestLabel: 1)
    for index in 0..<labels.count {
      let place = [index % 12, index / 12 % 10, index / 120]
      let isInside = (0..<3).allSatisfy { axis in
        isUpper[axis] ? place[axis] >= extents[axis] - 3 : place[axis] < 3
      }
      if isInside { labels[index] = 1 }
    }
    let voxels = Tensor(shape, (0..<labels.count).map { Float($0 % 7) })
    let image = Image(voxels: voxels, geometry: geometry, header: .picture(axes: 3))
    var segmentation = Segmentation(labels: labels, like: image)
    segmentation.table = LabelTable([.init(value: 1, name: "corner", rgb: Self.colour)])
    return (image, segmentation)
  }

  /// Means of the columns and rows of all pixels of the label's colour in one panel, from 0 to 1.
  private func centre(_ channels: [[Float]], width: Int, panel: Int) -> (x: Double, y: Double)? {
    let top = 20
    var (count, sumX, sumY) = (0, 0, 0)
    for y in 0..<Self.side {
      for x in 0..<Self.side {
        let index = (top + y) * width + panel * (Self.side + 4) + x
        let pixel = channels.map { Int($0[index]) }
        guard pixel == Self.colour else { continue }
        count += 1
        sumX += x
        sumY += y
      }
    }
    guard count > 0 else { return nil }
    let scale = Double(count * Self.side)
    return (Double(sumX) / scale, Double(sumY) / scale)
  }

  @Test(arguments: directions)
  func leftIsRightAndHeadIsUp(_ direction: [Double]) throws {
    let (image, segmentation) = corner(direction)
    let preview = try Preview(
      image: image, segmentation: segmentation, title: "corner",
      options: .init(side: Self.side))
    let folder = try TemporaryFolder()
    let channels = try readImages(folder.write("a.png", preview.png))
    #expect(channels.count == 3)
    #expect(channels[0].geometry.shape == [1, preview.height, preview.width])
    let pixels = channels.map(\.voxels.values)
    let axial = try #require(centre(pixels, width: preview.width, panel: 0))
    #expect(axial.x > 0.5 && axial.y < 0.5)
    let coronal = try #require(centre(pixels, width: preview.width, panel: 1))
    #expect(coronal.x > 0.5 && coronal.y < 0.5)
    let sagittal = try #require(centre(pixels, width: preview.width, panel: 2))
    #expect(sagittal.x < 0.5 && sagittal.y < 0.5)
  }

  @Test func windowFollowsTheModality() {
    func window(_ values: [Float]) -> GreyWindow {
      GreyWindow(
        for: Image(
          voxels: Tensor([1, 1, values.count], values),
          geometry: Geometry(
            shape: [1, 1, values.count], spacing: [1, 1, 1], origin: [0, 0, 0],
            direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 3)))
    }
    #expect(window([-1000, 30, 60, 1200]) == GreyWindow(width: 400, level: 40))
    let magnetic = window([0, 0] + (1...101).map { Float($0) })
    #expect(abs(magnetic.width - 98) < 1e-9 && abs(magnetic.level - 51) < 1e-9)
    #expect(magnetic.text == "window 98, level 51")
    #expect(window([2e19, 2e19, 4e19]).text.hasPrefix("window 1.96e+19, level 2.98e+19"))
    #expect(GreyWindow(width: 1e300, level: -1e20).text == "window 1e+300, level -1e+20")
  }

  @Test(arguments: Preview.Layout.allCases) func withoutLabelsTheImageIsDrawn(
    layout: Preview.Layout
  ) throws {
    var (image, segmentation) = corner(Self.directions[0])
    segmentation.labels = LabelMap(image.geometry.shape, largestLabel: 0)
    image.voxels.withMutableSpan { $0[5] = .nan }
    let preview = try Preview(
      image: image, segmentation: segmentation, title: "x",
      options: .init(layout: layout, side: Self.side))
    #expect(preview.notFound == ["corner"] && preview.notes.contains("not found: corner"))
    #expect(preview.notes.contains { $0.hasPrefix("no label has a voxel") })
    #expect(preview.notes.contains { $0.hasSuffix("(NaN or infinite): 1; drawn as background") })
    let alone = try Preview(
      image: image, segmentation: nil, title: "x", options: .init(layout: layout, side: Self.side))
    #expect(alone.width == preview.width && alone.notFound.isEmpty)
  }

  @Test func labelsAreChosenByNameOrNumber() throws {
    let (image, segmentation) = corner(Self.directions[0])
    func draw(_ label: String) throws -> Preview {
      try Preview(
        image: image, segmentation: segmentation, title: "x",
        options: .init(labels: [label], side: Self.side))
    }
    #expect(try draw("Corner").png == draw("1").png)
    let error = #expect(throws: NNXError.self) { try draw("liver") }
    #expect(error?.code == .noLabels && error?.details == ["there are 1 corner"])
  }

  /// 117 labels are no strip of 24 rows, and no legend longer than the picture.
  @Test func manyLabelsKeepTheirShape() throws {
    var (image, segmentation) = corner(Self.directions[0])
    image.remarks = []
    segmentation.labels = LabelMap(image.geometry.shape, (0..<960).map { $0 % 118 })
    segmentation.table = LabelTable().covering(1...117)
    let preview = try Preview(
      image: image, segmentation: segmentation, title: "x", options: .init(side: Self.side))
    #expect(preview.leftOut.count == 101)
    #expect(preview.width == 2 * (3 * Self.side + 8) + 12)
    #expect(preview.height < 8 * (Self.side + 4) + 500)
  }

  @Test(arguments: [
    ("lung", GreyWindow(width: 1500, level: -600)), ("Bone", GreyWindow(width: 1800, level: 400)),
    ("400:40", GreyWindow(width: 400, level: 40)), ("0:1", nil), ("400", nil), ("x", nil),
  ])
  func windowsHaveNames(text: String, window: GreyWindow?) { #expect(GreyWindow(text) == window) }
}
