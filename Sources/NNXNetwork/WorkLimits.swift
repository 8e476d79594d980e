/// From which sizes on the work of a convolution is cut in another way. What is computed stays the same.
package struct WorkLimits: Sendable {
  /// Up to so many Winograd tiles, all of them go through one phase after the other.
  package var tilesInPhases: Int
  /// Boxes of tiles that a slab has at least, where there are so many: threads wait for each other at its
  /// end.
  package var boxesInSlab: Int

  package init(tilesInPhases: Int = 128, boxesInSlab: Int = 32) {
    (self.tilesInPhases, self.boxesInSlab) = (tilesInPhases, boxesInSlab)
  }
}
