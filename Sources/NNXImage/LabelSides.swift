/// The sides of the image that each label reaches.
///
/// A label at the border goes on outside of the image, as a rule, and its volume is a lower bound. A
/// single slice reaches both of its sides and tells nothing; such axes are left out.
package struct LabelSides: Sendable {
  /// Of the image, along z, y, x.
  private var names: [String] = []
  /// For each label the numbers of its sides in `names`, ascending.
  private var sides: [Int: [Int]] = [:]

  /// - Parameter geometry: of the image; its shape is the map's.
  package init(_ map: LabelMap, _ geometry: Geometry) {
    let shape = map.shape
    precondition(geometry.shape == shape)
    let codes = geometry.axisCodes
    let extents = [shape[2], shape[1], shape[0]]
    let strides = [1, shape[2], shape[2] * shape[1]]
    for axis in (0..<3).reversed() where extents[axis] > 1 {
      let (first, second) = axis == 0 ? (1, 2) : axis == 1 ? (0, 2) : (0, 1)
      for (index, code) in [(extents[axis] - 1, codes[axis]), (0, opposite(codes[axis]))] {
        var found: Set<Int> = []
        for outer in 0..<extents[second] {
          let start = index * strides[axis] + outer * strides[second]
          for inner in 0..<extents[first] {
            let label = map[start + inner * strides[first]]
            if label > 0 { found.insert(label) }
          }
        }
        for label in found { sides[label, default: []].append(names.count) }
        names.append(edgeName(code))
      }
    }
  }

  /// The sides that any of some labels reaches: `superior`, `left`, ….
  package func reached(by labels: [Int]) -> [String] {
    Set(labels.flatMap { sides[$0] ?? [] }).sorted().map { names[$0] }
  }
}
