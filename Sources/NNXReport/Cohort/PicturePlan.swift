/// How large the pictures of a page are and how many slices there are to scroll through: of many cases smaller and
/// fewer ones, so that a browser opens the page.
struct PicturePlan: Equatable {
  /// Of a case's four pictures, in pixels.
  let side: Int
  /// Of each case; 0 for none.
  let slices: Int
  /// Of a slice to scroll to, in pixels.
  let sliceSide: Int

  /// Slices of all cases together: about 40 KB each.
  private static let allSlices = 2400
  private static let mostSlices = 20
  /// Fewer are no help.
  private static let fewestSlices = 3

  /// - Parameters:
  ///   - side: as a person wants it; `nil`: by the number of cases.
  ///   - slices: likewise.
  init(cases: Int, side: Int? = nil, slices: Int? = nil) {
    self.side = side ?? (cases <= 200 ? 224 : cases <= 1000 ? 160 : 112)
    sliceSide = side ?? (cases <= 120 ? 256 : 192)
    let share = min(Self.mostSlices, Self.allSlices / max(1, cases))
    self.slices = slices ?? (share < Self.fewestSlices ? 0 : share)
  }
}
