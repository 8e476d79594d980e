import NNXSystem

extension Recipe {
  /// A mask that the publisher's program makes of the result besides those of its labels.
  package struct Mask: Equatable, Sendable, Decodable {
    package var name: String
    /// Of the result, that count as one; ascending.
    package var labels: [Int]
    /// What is written instead of the labels themselves: what lies about their surface.
    package var shell: Shell?

    private enum CodingKeys: CodingKey, CaseIterable { case name, labels, shell }

    package init(from decoder: any Decoder) throws {
      try decoder.allow(CodingKeys.allCases)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      name = try members.decode(String.self, forKey: .name)
      labels = try members.decode(Filled<Int>.self, forKey: .labels).wrappedValue.sorted()
      shell = try members.decodeIfPresent(Shell.self, forKey: .shell)
    }
  }

  /// Voxels by which labels grow (`outward`), which are then taken off (`inward`), intensities between which what was
  /// taken off stays, and the voxels of components that go (`upTo`).
  package struct Shell: Equatable, Sendable, Decodable {
    package var outward: Int
    package var inward: Int
    package var above: Double
    package var below: Double
    package var upTo: Int

    private enum CodingKeys: CodingKey, CaseIterable { case outward, inward, above, below, upTo }

    package init(from decoder: any Decoder) throws {
      try decoder.allow(CodingKeys.allCases)
      let members = try decoder.container(keyedBy: CodingKeys.self)
      outward = try members.decode(Int.self, forKey: .outward)
      inward = try members.decode(Int.self, forKey: .inward)
      above = try members.decode(Double.self, forKey: .above)
      below = try members.decode(Double.self, forKey: .below)
      upTo = try members.decode(Int.self, forKey: .upTo)
      guard (0...100).contains(outward), (1...100).contains(inward), upTo >= 0, above < below else {
        throw DocumentProblem(
          at: "shell",
          "is not 0 to 100 voxels outward and 1 to 100 inward, with above less than below")
      }
    }
  }

  /// - Throws: a mask is of labels that the result cannot hold, or has the name of another.
  func checkMasks() throws(DocumentProblem) {
    for (index, mask) in masks.enumerated() {
      guard Set(mask.labels).isSubset(of: labels) else {
        throw DocumentProblem(at: "labels", "of '\(mask.name)' are not all in the result").within(
          index
        ).within("masks")
      }
      guard !masks[..<index].contains(where: { $0.name == mask.name }) else {
        throw DocumentProblem(at: "masks", "has '\(mask.name)' twice")
      }
    }
  }
}
