import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Frames of bits, as they are packed and taken apart.
@Suite struct SEGBitsTests {
  /// Runs of labels and single ones, over borders of bytes, rows and slices.
  private func labels(_ shape: [Int], _ values: [Int]) -> LabelMap {
    let count = shape.reduce(1, *)
    return LabelMap(
      shape,
      (0..<count).map { index in
        let random = (index / 11 &* 2_654_435_761) >> 7 & 1023
        return index % 29 == 3 ? values[0] : random < 600 ? values[random % values.count] : 0
      })
  }

  static let cases: [(shape: [Int], values: [Int])] = [
    ([5, 13, 11], [1, 2, 7]), ([4, 16, 24], [1, 254]), ([3, 7, 5], [3, 300, 65535]),
    ([2, 1, 3], [1]), ([3, 64, 64], [9]), ([2, 9, 64], [255, 1]),
  ]

  @Test(arguments: cases)
  func framesHoldABitForEachVoxel(shape: [Int], values: [Int]) {
    let map = labels(shape, values)
    let (slices, pixels) = (map.slices(.all), shape[1] * shape[2])
    for value in values {
      let found = (0..<shape[0]).filter { slice in
        (slice * pixels..<(slice + 1) * pixels).contains { map[$0] == value }
      }
      #expect(slices[value] ?? [] == found)
    }
    #expect(Set(slices.keys).isSubset(of: values))
    let list = SEGFrameList(map, slices, values: values.sorted(), kind: .binary)
    var expected = [UInt8](repeating: 0, count: list.size(isWide: false))
    for (number, frame) in list.frames.enumerated() {
      for pixel in 0..<pixels where map[frame.slice * pixels + pixel] == frame.value {
        let bit = number * pixels + pixel
        expected[bit / 8] |= 1 << UInt8(bit % 8)
      }
    }
    let content = list.content(isWide: false, .all)
    let bytes = content.joinedBits(of: pixels, size: expected.count)
    #expect(bytes == expected)
    // And back, each frame to its slice.
    let read = LabelMap(shape, largestLabel: values.max() ?? 0)
    bytes.withRawSpan { bytes in
      for (number, frame) in list.frames.enumerated() {
        read.set(
          frame.value, atBits: number * pixels, of: bytes, count: pixels,
          from: frame.slice * pixels
        ) { _ in Issue.record("nothing overlaps") }
      }
    }
    #expect(read.labels == map.labels)
  }

  @Test func frameOfWhatHasAnotherLabelIsTold() {
    for largest in [7, 700] {
      let map = LabelMap([1, 4, 10], largestLabel: largest)
      for index in [3, 12, 39] { map[index] = 7 }
      // Bits of voxels 3, 5, 12 and 39, after three of another frame.
      var bytes = [UInt8](repeating: 0, count: 6)
      for voxel in [3, 5, 12, 39] { bytes[(voxel + 3) / 8] |= 1 << UInt8((voxel + 3) % 8) }
      var met: [Int] = []
      bytes.withRawSpan {
        map.set(2, atBits: 3, of: $0, count: 40, from: 0) { met.append($0) }
      }
      #expect(met == [7, 7, 7])
      #expect((0..<40).filter { map[$0] == 7 } == [3, 12, 39])
      #expect((0..<40).filter { map[$0] == 2 } == [5])
    }
  }

  @Test func rowsThatChangePlacesDoSoInTheirOwnMemory() {
    let shape = [3, 4, 5]
    let grid = Geometry(
      shape: shape, spacing: [2, 1, 1], origin: [0, 3, 0], direction: [1, 0, 0, 0, -1, 0, 0, 0, 1])
    let target = Geometry(
      shape: shape, spacing: [2, 1, 1], origin: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let header = ImageHeader.meta(MetaHeader(target, axes: 3))
    for values in [[1, 2], [1, 400]] {
      var own = Segmentation(labels: labels(shape, values), geometry: grid, header: header)
      let before = own.labels.labels
      let expected = own.placed(on: target, header: header)
      // Somebody else holds the map: it stays as it was.
      let held = own.labels
      own.place(on: target, header: header)
      #expect(own.labels.labels == expected.labels.labels && held.labels == before)
      #expect(own.geometry == target)
      var alone = Segmentation(labels: labels(shape, values), geometry: grid, header: header)
      let memory = ObjectIdentifier(alone.labels)
      alone.place(on: target, header: header)
      #expect(ObjectIdentifier(alone.labels) == memory)
      #expect(alone.labels.labels == expected.labels.labels && before != expected.labels.labels)
      #expect(alone.geometry == target)
    }
  }

  /// Origins may be what float32 holds: the index of a place is no integer then.
  @Test(arguments: [1e30, 3e38]) func gridsBeyondCountingShareNoVoxel(_ far: Double) {
    let shape = [3, 4, 5]
    let target = Geometry(
      shape: shape, spacing: [2, 1, 1], origin: [0, 0, 0], direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    let header = ImageHeader.meta(MetaHeader(target, axes: 3))
    for direction in [[1, 0, 0, 0, 1, 0, 0, 0, 1], [0.6, -0.8, 0, 0.8, 0.6, 0, 0, 0, 1]] {
      let grid = Geometry(
        shape: shape, spacing: [2, 1, 1e-6], origin: [far, -far, 0], direction: direction)
      let own = Segmentation(labels: labels(shape, [1, 2]), geometry: grid, header: header)
      let placed = own.placed(on: target, header: header)
      #expect(placed.labels.labels.allSatisfy { $0 == 0 })
    }
  }

  /// 255 asks for two bytes a label, as nnU-Net writes it.
  @Test func bytesOfAFileAreLabels() throws {
    for values in [[0, 1, 254, 3], [0, 1, 255, 3, 0, 7]] {
      var labels = GrowingLabels([1, 1, values.count])
      let bytes = values.map { UInt8($0) }
      labels.append(bytes.span.extracting(0..<2))
      labels.append(bytes.span.extracting(2..<values.count))
      #expect(labels.map.labels == values && labels.map.isWide == values.contains(255))
    }
  }
}
