/// One case: the images of its channels, in order, and the name its output gets.
package struct Case: Equatable, Sendable {
  /// File name without channel number and ending.
  package var name: String
  /// Paths, one per channel.
  package var images: [String]

  package init(name: String, images: [String]) {
    self.name = name
    self.images = images
  }
}
