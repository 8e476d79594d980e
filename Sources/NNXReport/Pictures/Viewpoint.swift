/// Where somebody looks at a patient from; directions in LPS.
struct Viewpoint {
  let name: String
  /// Letters of the directions to the right and down in the picture.
  let right: Character
  let down: Character
  /// Unit vectors to the right, down, and away from the viewer.
  let axes: (right: SIMD3<Double>, down: SIMD3<Double>, away: SIMD3<Double>)

  private init(
    _ name: String, right: Character, down: Character, _ across: SIMD3<Double>,
    away: SIMD3<Double>
  ) {
    self.name = name
    self.right = right
    self.down = down
    axes = (across, SIMD3(0, 0, -1), away)
  }

  static let front = Viewpoint(
    "from the front", right: "L", down: "I", SIMD3(1, 0, 0), away: SIMD3(0, 1, 0))
  static let left = Viewpoint(
    "from the left", right: "P", down: "I", SIMD3(0, 1, 0), away: SIMD3(-1, 0, 0))
  static let back = Viewpoint(
    "from behind", right: "R", down: "I", SIMD3(-1, 0, 0), away: SIMD3(0, -1, 0))

  static let all = [front, left, back]
}
