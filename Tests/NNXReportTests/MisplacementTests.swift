import NNXImage
import Testing

@testable import NNXReport

/// Files of one grid that lie elsewhere in the patient are told of.
@Suite struct MisplacementTests {
  private let own = Geometry(
    shape: [3, 4, 5], spacing: [3, 2, 1], origin: [0, 0, 0],
    direction: [1, 0, 0, 0, 1, 0, 0, 0, 1])

  @Test func whatLiesInOnePlaceIsNot() {
    var other = own
    other.origin[0] = 0.005
    #expect(own.misplacement(of: other, ("a", "b")) == nil)
  }

  @Test func distancesAreThoseOfTheCornersFurthestApart() {
    var moved = own
    moved.origin = [3, 4, 0]
    let note = own.misplacement(of: moved, ("a", "b"))
    #expect(note?.hasPrefix("a and b lie up to 5.0 mm apart in the patient") == true)
    // Mirrored about its middle: 4 mm along x, from one end to the other.
    var mirrored = own
    mirrored.direction[0] = -1
    mirrored.origin[0] = 4
    #expect(own.misplacement(of: mirrored, ("a", "b"))?.contains("up to 4.0 mm") == true)
    moved.origin = [0, 0, 250]
    #expect(own.misplacement(of: moved, ("a", "b"))?.contains("up to 250 mm") == true)
  }
}
