extension Collection where Element: Comparable {
  /// The element in the middle of all in ascending order, of two the larger. At least one element.
  package var median: Element { sorted()[count / 2] }
}
