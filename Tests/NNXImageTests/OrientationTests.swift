import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Axes turned to right, front and head, as the readers of nnU-Net that reorient have them.
@Suite struct OrientationTests {
  /// `LPS` and the like: towards which side each axis of the file runs, x first.
  private static func name(_ orientation: Orientation) -> String {
    var letters: [Character] = ["?", "?", "?"]
    for (turned, file) in orientation.axes.enumerated() {
      let sides: [(Character, Character)] = [("S", "I"), ("A", "P"), ("R", "L")]
      letters[2 - file] = orientation.flips[turned] ? sides[turned].1 : sides[turned].0
    }
    return String(letters)
  }

  /// Scripts/make-fixtures/orientations.py: what ITK and nibabel say.
  @Test func directionsHaveTheNamesOfITKAndNibabel() throws {
    let rows =
      try OrderedJSON(
        contentsOf: Fixtures.folder + "/image/orientations.json"
      ).array ?? []
    #expect(rows.count == 90)
    for row in rows {
      let direction = row["direction"]?.array?.compactMap(\.double) ?? []
      if let itk = row["itk"]?.string {
        #expect(Self.name(Orientation(itk: direction)) == itk, "\(direction)")
      }
      var affine: [[Double]] = []
      let lengths = [0.7, 2.0, 1.3]
      for (row, sign) in [-1.0, -1.0, 1.0].enumerated() {
        affine.append((0..<3).map { sign * direction[3 * row + $0] * lengths[$0] })
      }
      #expect(
        Self.name(Orientation(nibabel: affine)) == row["nibabel"]?.string, "\(direction)")
    }
  }

  private static let directions: [[Double]] = [
    [1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, -1, 1, 0, 0, 0, -1, 0], [-1, 0, 0, 0, -1, 0, 0, 0, 1],
    [0, 0.8, -0.6, 0, 0.6, 0.8, 1, 0, 0],
  ]

  /// Each voxel keeps its place in the patient and its value, and labels find the way back.
  @Test(arguments: ["SimpleITKIOWithReorient", "NibabelIOWithReorient"], directions)
  func voxelsStayWhereTheyAre(reader: String, direction: [Double]) throws {
    let folder = try TemporaryFolder()
    let geometry = Geometry(
      shape: [2, 3, 4], spacing: [2.5, 0.75, 0.5], origin: [-12.5, 33.25, 24],
      direction: direction)
    let labels = LabelMap([2, 3, 4], (0..<24).map { $0 })
    let path = folder.path + "/a.nii.gz"
    try writeSegmentation(
      Segmentation(labels: labels, geometry: geometry, header: .picture(axes: 3)), to: path)
    let plain = try readImage(path)
    let turned = try readImage(path, as: ImageReader(rawValue: reader))
    let after = turned.geometry
    #expect(after.direction[0] <= -0.59 && after.direction[4] <= -0.59 && after.direction[8] > 0.59)
    #expect(try readGeometry(path, as: ImageReader(rawValue: reader)) == after)
    let was = Dictionary(
      uniqueKeysWithValues: zip(plain.voxels.values, centres(plain.geometry)))
    for (value, centre) in zip(turned.voxels.values, centres(after)) {
      let expected = try #require(was[value])
      #expect(zip(centre, expected).allSatisfy { abs($0 - $1) < 1e-4 })
    }
    let found = try readLabels(path, as: ImageReader(rawValue: reader))
    #expect(found.labels.labels.map(Float.init) == turned.voxels.values)
    let other = folder.path + "/b.nii.gz"
    try writeSegmentation(Segmentation(labels: found.labels, like: turned), to: other)
    #expect(try readSegmentation(other).labels.labels == labels.labels)
    #expect(try readSegmentation(other).geometry == plain.geometry)
  }

  /// The centre of every voxel in C order, in mm.
  private func centres(_ geometry: Geometry) -> [[Double]] {
    var all: [[Double]] = []
    for z in 0..<geometry.shape[0] {
      for y in 0..<geometry.shape[1] {
        for x in 0..<geometry.shape[2] {
          let steps: [Double] = zip([x, y, z], geometry.fileSpacing).map { Double($0) * $1 }
          var centre = geometry.origin
          for row in 0..<3 {
            for axis in 0..<3 { centre[row] += geometry.direction[3 * row + axis] * steps[axis] }
          }
          all.append(centre)
        }
      }
    }
    return all
  }

  @Test func filesOfTwoAxesCannotBeTurned() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.nii.gz"
    try writeSegmentation(
      Segmentation(
        labels: LabelMap([1, 3, 4], (0..<12).map { $0 }),
        geometry: Geometry(
          shape: [1, 3, 4], spacing: [999, 1, 0.5], origin: [1, 2, 0],
          direction: [1, 0, 0, 0, 1, 0, 0, 0, 1]), header: .picture(axes: 2)), to: path)
    let error = #expect(throws: NNXError.self) { try readImage(path, as: .simpleITKTurning) }
    #expect(error?.code.name == "unsupported-image")
  }

  /// The q-form is sound, but nibabel turns by the s-form: its spacings would be those.
  @Test(arguments: [.nan, 1e30, 1e-30]) func formsThatGiveNoSpacingCannotBeTurned(
    value: Double
  ) throws {
    let folder = try TemporaryFolder()
    var builder = NIfTIBuilder()
    builder.rows = [[-1, 0, 0, 0], [0, 1, 0, 0], [0, 0, value, 0]]
    let path = try folder.write("a.nii", builder.file)
    let error = #expect(throws: NNXError.self) { try readImage(path, as: .nibabelTurning) }
    #expect(error?.code.name == "broken-image")
  }

  /// nibabel's own turning of a singular matrix drops an axis.
  @Test func singularMatricesCannotBeTurned() throws {
    let folder = try TemporaryFolder()
    var builder = NIfTIBuilder()
    builder.qformCode = 0
    builder.rows = [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]]
    let path = try folder.write("a.nii", builder.file)
    let error = #expect(throws: NNXError.self) { try readImage(path, as: .nibabelTurning) }
    #expect(error?.code.status == .data)
  }
}
