import NNXSystem
import TestSupport
import Testing

@testable import NNXImage

/// Labels, regions and their parts, in memory and in files.
@Suite struct LabelStructuresTests {
  private static let table = LabelTable(
    [
      .init(value: 1, name: "whole without core"), .init(value: 2, name: "core without enh"),
      .init(value: 3, name: "enh"), .init(value: 4, name: "skull"),
    ],
    regions: [
      .init(name: "whole", values: [1, 2, 3]), .init(name: "core", values: [2, 3]),
      .init(name: "enh", values: [3]),
    ])

  @Test func regionsComeFirstAndPartsAreParts() {
    let structures = Self.table.structures
    #expect(
      structures.map { "\($0.valueText) \($0.name) \($0.kind.rawValue)" } == [
        "1+2+3 whole region", "2+3 core region", "3 enh region", "1 whole without core part",
        "2 core without enh part", "4 skull label",
      ])
    #expect(structures.map(\.value) == [nil, nil, 3, 1, 2, 4])
    #expect(structures.named("ENH")?.values == [3] && structures.named("2")?.kind == .part)
    #expect(structures.named("Whole_without core")?.values == [1])
    #expect(structures.named("7") == nil && structures.named("liver") == nil)
  }

  @Test func regionsTravelInNIfTIFiles() throws {
    let folder = try TemporaryFolder()
    let geometry = Geometry(
      shape: [2, 2, 2], spacing: [1, 1, 1], origin: [0, 0, 0],
      direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])
    var segmentation = Segmentation(
      labels: LabelMap([2, 2, 2], [0, 1, 2, 3, 4, 1, 1, 1]), geometry: geometry,
      header: .picture(axes: 3))
    segmentation.table = Self.table
    let path = folder.path + "/s.nii.gz"
    try writeSegmentation(segmentation, to: path)
    #expect(try readSegmentation(path).table == Self.table)
    #expect(try readLabelTable(path) == Self.table)
  }

  @Test func recordsTellRegions() throws {
    let json: OrderedJSON = [
      "labels": .array(Self.table.structures.map { .object($0.jsonMembers) })
    ]
    #expect(LabelTable(record: json).structures.map(\.name) == Self.table.structures.map(\.name))
    #expect(LabelTable(record: json).regions == Self.table.regions)
    let old: OrderedJSON = ["labels": [["value": 2, "name": "lesion"]]]
    #expect(LabelTable(record: old).entries.map(\.name) == ["lesion"])
    let absurd: OrderedJSON = [
      "labels": [
        ["name": "a", "kind": "region", "values": [-1, 0, 2, 65536, 9_000_000_000_000_000_000]],
        ["name": "b", "kind": "region", "values": [0]],
      ]
    ]
    #expect(LabelTable(record: absurd).regions == [.init(name: "a", values: [2])])
  }

  @Test func tablesContradictByName() {
    let own = LabelTable([.init(value: 1, name: "Left_lung"), .init(value: 2, name: "label 2")])
    #expect(own.contradiction(LabelTable([.init(value: 1, name: "left lung")])) == nil)
    #expect(own.contradiction(LabelTable([.init(value: 2, name: "liver")])) == nil)
    let found = own.contradiction(LabelTable([.init(value: 1, name: "spleen")]))
    #expect(found?.own.name == "Left_lung" && found?.other.name == "spleen")
  }

  /// All labels at once are what each is by itself.
  @Test(arguments: [2, 5, 40]) func partsOfAllLabelsAreThoseOfEach(largest: Int) {
    var random = SeededGenerator(seed: largest)
    let shape = [7, 9, 11]
    let labels = (0..<shape.reduce(1, *)).map { _ in Int(random.next() % UInt64(largest + 1)) }
    let map = LabelMap(shape, labels)
    let parts = LabelParts(map).parts
    #expect(parts.keys.sorted() == Set(labels).subtracting([0]).sorted())
    for (label, own) in parts {
      let sizes = Components(of: [label], in: map, .all).sizes
      #expect(own.count == sizes.count && own.largest == sizes.max(), "label \(label)")
    }
  }
}
