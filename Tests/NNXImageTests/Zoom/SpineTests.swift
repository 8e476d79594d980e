import NNXSystem
import NNXTensor
import TestSupport
import Testing

@testable import NNXImage

/// TotalSpineSeg's names for what its networks found, on boxes; a whole case is compared in `PublisherCasesTests`.
@Suite struct SpineTests {
  /// A straight spine of a canal behind discs of 8 x 8 x 4 voxels, from below.
  ///
  /// - Parameter classes: of the discs.
  private static func spine(_ classes: [UInt8]) -> SpineVolume {
    let shape = [12, 24, 12 * classes.count + 4]
    var volume = SpineVolume(shape, [UInt8](repeating: 0, count: shape.reduce(1, *)))
    func fill(_ x: Range<Int>, _ y: Range<Int>, _ z: Range<Int>, _ value: UInt8) {
      for x in x {
        for y in y { for z in z { volume.values[(x * shape[1] + y) * shape[2] + z] = value } }
      }
    }
    fill(4..<8, 2..<6, 0..<shape[2], 8)
    for (number, value) in classes.enumerated() {
      fill(2..<10, 8..<18, (12 * number + 4)..<(12 * number + 8), value)
      // Vertebrae join everything to one piece.
      fill(2..<10, 8..<18, (12 * number + 8)..<min(12 * number + 16, shape[2]), 6)
    }
    return volume
  }

  private static func names(_ volume: SpineVolume) throws -> [Int] {
    let labels = try SpineLabelling.labels(volume, .first)
    return (0..<(volume.shape[2] / 12)).map { number in
      Int(labels.values[(5 * volume.shape[1] + 12) * volume.shape[2] + 12 * number + 5])
    }
  }

  /// `trunc` of a mean in double where voxels are whole numbers; -5 and -4 give -4.
  @Test func theMeanOfVolumesHasTheFilesType() {
    let volumes = Tensor([2, 1, 2], [-5, 3, -4, 4])
    #expect(VolumeMean.of(volumes, nil, [1, 1, 2], .int16).0.values == [-4, 3])
    #expect(VolumeMean.of(volumes, nil, [1, 1, 2], .float32).0.values == [-4.5, 3.5])
  }

  /// A file of several volumes is one image for TotalSpineSeg, and for nobody else.
  @Test func severalVolumesAreOneImage() throws {
    let path = "\(Fixtures.folder)/publishers/totalspineseg/cervical_4d_slope/image.nii.gz"
    let image = try readImages(path, as: .nibabelMean, keepsExact: true)[0]
    #expect(image.voxels.shape == image.geometry.shape && image.exact?.count == image.voxels.count)
    #expect(try readGeometry(path, as: .nibabelMean) == image.geometry)
    let error = #expect(throws: NNXError.self) { try readImages(path, as: .nibabel) }
    #expect(error?.message.contains("holds 2 volumes, not one") == true)
  }

  @Test func countsFromLandmarks() throws {
    // L5-S1 is the lowest; above it L4-L5, L3-L4.
    #expect(try Self.names(Self.spine([5, 1, 1])) == [100, 95, 94])
    // C2-C3 is the uppermost; below it C3-C4, C4-C5.
    #expect(try Self.names(Self.spine([1, 1, 2])) == [65, 64, 63])
    // Between two landmarks the upper one counts, and from a landmark on its own name.
    #expect(try Self.names(Self.spine([5, 1, 1, 1, 1, 2])) == [100, 67, 66, 65, 64, 63])
    // L5-S1 suffices: T12-L1 is not looked at then.
    #expect(try Self.names(Self.spine([5, 1, 1, 4])) == [100, 95, 94, 93])
    // A sixth lumbar disc.
    #expect(try Self.names(Self.spine([1, 1, 1, 1, 1, 4])) == [96, 95, 94, 93, 92, 91])
  }

  @Test func withoutALandmarkNothingIsNamed() {
    #expect(throws: SpineLabelling.Problem.noLandmark) { try Self.names(Self.spine([1, 1])) }
    var blind = Self.spine([5, 1])
    for index in blind.values.indices where blind.values[index] == 8 { blind.values[index] = 0 }
    #expect(throws: SpineLabelling.Problem.noCanal) { try Self.names(blind) }
    let error = #expect(throws: NNXError.self) { try blind.map.namingSpine(network: 1) }
    #expect(error?.code == .unnamedSpine)
  }

  /// Vertebrae by turns: each has the name that follows from the disc above it.
  @Test func discsNameTheVertebraeBelowThem() throws {
    let shape = [12, 24, 52]
    var volume = SpineVolume(shape, [UInt8](repeating: 0, count: shape.reduce(1, *)))
    func fill(_ z: Range<Int>, _ value: UInt8) {
      for x in 2..<10 {
        for y in 8..<18 { for z in z { volume.values[(x * shape[1] + y) * shape[2] + z] = value } }
      }
    }
    for x in 4..<8 {
      for y in 2..<6 { for z in 0..<52 { volume.values[(x * shape[1] + y) * shape[2] + z] = 10 } }
    }
    // From below: sacrum, L5-S1, a vertebra, a disc, a vertebra.
    fill(0..<8, 9)
    fill(8..<12, 5)
    fill(12..<24, 7)
    fill(24..<28, 1)
    fill(28..<40, 8)
    let labels = try SpineLabelling.labels(volume, .second)
    let line = [2, 9, 18, 25, 33].map { labels.values[(5 * shape[1] + 12) * shape[2] + $0] }
    #expect(line == [50, 100, 45, 95, 44])
    #expect(labels.values[(5 * shape[1] + 3) * shape[2] + 30] == 2)
  }

  @Test func everySecondDiscIsMarkedFromTheUppermost() {
    let map = LabelMap([1, 1, 6], [0, 64, 65, 71, 2, 65])
    #expect(map.everySecondDisc.values == [0, 1, 0, 1, 0, 0])
  }

  @Test func theCanalIsOneAndFull() {
    let shape = [5, 5, 1]
    let ring: [UInt8] = [
      0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 0, 2, 0, 2, 0, 0, 2, 2, 2, 0, 0, 0, 0, 0, 2,
    ]
    var expected = ring
    expected[12] = 2
    // Voxels that touch by a corner belong to it.
    #expect(SpineVolume(shape, ring).canalFilled().values == expected)
    // What lies apart goes; what is no canal stays.
    var apart = ring
    (apart[18], apart[0]) = (0, 64)
    var rest = apart
    (rest[12], rest[24]) = (2, 0)
    #expect(SpineVolume(shape, apart).canalFilled().values == rest)
  }

  @Test func roundedSpacingsLoseAVoxel() {
    let grid = Geometry(
      shape: [1, 122, 122], spacing: [5, 1, 0.9999999], origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    #expect(grid.centred(at: 1)?.shape == [1, 122, 121])
  }

  /// The s-forms of a prepared image, as nibabel wrote it, and of what SimpleITK 2.5.7 writes of it.
  @Test func labelFilesHaveITKsRounding() {
    func rows(_ values: [Double]) -> [[Double]] {
      (0..<3).map { Array(values[(4 * $0)..<(4 * $0 + 4)]) }
    }
    let image = rows([
      0.8333171010017395, 0.5116371512413025, -0.20930838584899902, -100.73931884765625,
      -0.3494589924812317, 0.7809529304504395, 0.5176783800125122, 80.55596160888672,
      0.4283234775066376, -0.3582455515861511, 0.829577624797821, 41.1480827331543,
    ])
    let labels = rows([
      0.8333171010017395, 0.5116371512413025, -0.20930835604667664, -100.73931884765625,
      -0.3494589924812317, 0.7809528708457947, 0.5176783800125122, 80.55596160888672,
      0.42832350730895996, -0.35824552178382874, 0.8295776844024658, 41.1480827331543,
    ])
    #expect(FileGrid.ofLabels([18, 31, 58], image).rows == labels)
  }

  /// A pixdim of nearly nothing beside an s-form of 2 mm asks for no endless margin.
  @Test func levelsComeBackWhateverPixdimSays() throws {
    let shape = [20, 24, 28]
    let rows = [[2.0, 0, 0, -30], [0, 2, 0, -20], [0, 0, 2, 10]]
    for zooms: [Float]? in [nil, [1e-6, 2, 1e6]] {
      let own = Geometry(shape: shape, ras: rows)
      let grid = try #require(own.centred(at: 1))
      let prepared = Geometry(shape: grid.shape, ras: grid.fileRows)
      let back = PreparedImage.Return(
        shape: shape, box: Box(shape), orientation: .asStored, turned: shape,
        way: .file(
          .init(
            prepared: prepared, labels: FileGrid.ofLabels(grid.shape, prepared.ras),
            image: FileGrid(shape, rows, zooms: zooms))))
      let points = LabelMap(grid.shape, largestLabel: 254)
      points[(21 * grid.shape[1] + 31) * grid.shape[2] + 41] = 7
      let result = back.points(points, threads: Threads(1))
      let found = (0..<result.count).filter { result[$0] > 0 }
      #expect(found == [(10 * 24 + 15) * 28 + 20] && result[found[0]] == 7)
    }
  }

  /// 1 mm already, turned by 4 degrees: not the same voxels.
  @Test func evenAnImageOfOneMillimetreIsResampled() throws {
    let (cosine, sine) = (0.9975640502598242, 0.0697564737441253)
    let rows = [[cosine, -sine, 0, -3.7], [sine, cosine, 0, 8.1], [0, 0, 1, 2.3]].map {
      $0.map { Double(Float($0)) }
    }
    let own = Geometry(shape: [20, 20, 20], ras: rows)
    let grid = try #require(own.centred(at: 1))
    #expect(grid.shape == [20, 20, 20])
    let values = (0..<8000).map { Float(($0 * 7919) % 1000) }
    let made = ITKLinear.values(
      ZoomSource(Tensor([20, 20, 20], values)), from: own, to: grid, -32768...32767, threads: .all)
    let differences = zip(made.values, values).map { $1 - $0 }.filter { $0 != 0 }
    #expect(differences.count > 800 && differences.allSatisfy { abs($0) == 1 })
  }

  @Test func discsThatAreNotCountedAreKnown() throws {
    func missing(_ names: [UInt8]) throws -> [Int] {
      let canal: [UInt8] = [2, 2, 2, 2]
      return try SpineLevels(SpineVolume([2, 2, 2], canal + names), step: 1).missing
    }
    #expect(try missing([63, 64, 65, 0]) == [])
    #expect(try missing([63, 66, 71, 0]) == [64, 65, 67])
    #expect(try missing([0, 0, 0, 0]) == [])
  }

  /// Discs behind which a canal goes back step by step, from below 65, 64 and 63, vertebrae between, and C1.
  private static func levels(without missing: Set<UInt8> = []) throws -> [[Int]] {
    let shape = [12, 24, 40]
    var volume = SpineVolume(shape, [UInt8](repeating: 0, count: shape.reduce(1, *)))
    func fill(_ x: Range<Int>, _ y: Range<Int>, _ z: Range<Int>, _ value: UInt8) {
      for x in x {
        for y in y { for z in z { volume.values[volume.index([x, y, z])] = value } }
      }
    }
    for z in 0..<40 { fill(4..<7, (2 + z / 8)..<(5 + z / 8), z..<(z + 1), 2) }
    for (number, name) in [UInt8(65), 64, 63].enumerated() where !missing.contains(name) {
      fill(3..<9, 10..<18, (4 + 10 * number)..<(7 + 10 * number), name)
    }
    fill(3..<9, 10..<18, 28..<36, 50)
    fill(1..<11, 9..<20, 34..<40, 11)
    let points = try SpineLevels(volume, step: 1).points()
    return points.values.indices.filter { points.values[$0] > 0 }
      .map { points.place($0) + [Int(points.values[$0])] }
  }

  /// What `extract_levels` of TotalSpineSeg 20260807 gives for the same volumes.
  @Test func levelsLieWhereDiscsMeetTheCanal() throws {
    #expect(
      try Self.levels() == [
        [5, 10, 6, 5], [5, 10, 16, 4], [5, 10, 26, 3], [5, 10, 29, 2], [5, 11, 33, 1],
      ])
    // A missing disc is not counted: what lies below it has the next number.
    #expect(
      try Self.levels(without: [64]) == [
        [5, 10, 6, 4], [5, 10, 26, 3], [5, 10, 29, 2], [5, 11, 33, 1],
      ])
    // Without C2-C3 the top of C2 has no level, either.
    #expect(try Self.levels(without: [63]) == [[5, 10, 6, 5], [5, 10, 16, 4]])
    #expect(throws: SpineLabelling.Problem.noDiscs) { try Self.levels(without: [63, 64, 65]) }
  }

  @Test func aCanalOfOneSliceHasNoLine() {
    let volume = SpineVolume([3, 3, 2], [2] + [UInt8](repeating: 0, count: 16) + [63])
    #expect(throws: SpineLabelling.Problem.shortCanal) { try SpineLevels(volume, step: 1) }
  }
}
