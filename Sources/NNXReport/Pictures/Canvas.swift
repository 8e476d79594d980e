import NNXImage

/// A picture in the making: RGB, 8 bits, rows from the top.
struct Canvas {
  let width: Int
  let height: Int
  private(set) var pixels: [UInt8]

  static let white = [235, 235, 235]
  static let grey = [150, 150, 150]

  init(width: Int, height: Int, colour: [Int] = [0, 0, 0]) {
    self.width = width
    self.height = height
    pixels = [UInt8](repeating: 0, count: 3 * width * height)
    if colour.contains(where: { $0 > 0 }) {
      for index in pixels.indices { pixels[index] = UInt8(colour[index % 3]) }
    }
  }

  /// Sets a pixel, or mixes the colour into what is there.
  ///
  /// - Parameter share: 1 covers, 0 does nothing.
  mutating func set(_ x: Int, _ y: Int, _ colour: [Int], share: Double = 1) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let start = 3 * (y * width + x)
    for channel in 0..<3 {
      let old = Double(pixels[start + channel])
      pixels[start + channel] = UInt8((old + (Double(colour[channel]) - old) * share).rounded())
    }
  }

  /// `r;g;b` of a pixel, as terminals take it.
  func colour(_ x: Int, _ y: Int) -> String {
    let start = 3 * (y * width + x)
    return "\(pixels[start]);\(pixels[start + 1]);\(pixels[start + 2])"
  }

  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: [Int]) {
    for row in y..<(y + height) {
      for column in x..<(x + width) { set(column, row, colour) }
    }
  }

  /// Writes a line of text with a dark edge, so that it can be read on any ground.
  ///
  /// - Parameters:
  ///   - x: the left edge.
  ///   - y: the upper edge.
  mutating func write(_ text: String, x: Int, y: Int, _ colour: [Int] = Canvas.white) {
    for isEdge in [true, false] {
      for (index, character) in text.enumerated() {
        for (row, bits) in Font.rows(character).enumerated() {
          for column in 0..<Font.width where bits >> (Font.width - 1 - column) & 1 == 1 {
            let (px, py) = (x + index * Font.width + column, y + row)
            guard isEdge else {
              set(px, py, colour)
              continue
            }
            for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1)] {
              set(px + dx, py + dy, [0, 0, 0], share: 0.8)
            }
          }
        }
      }
    }
  }

  /// Copies another picture onto this one.
  mutating func put(_ other: Canvas, x: Int, y: Int) {
    for row in 0..<other.height where y + row >= 0 && y + row < height {
      for column in 0..<other.width where x + column >= 0 && x + column < width {
        let from = 3 * (row * other.width + column)
        let to = 3 * ((y + row) * width + x + column)
        for channel in 0..<3 { pixels[to + channel] = other.pixels[from + channel] }
      }
    }
  }

  /// The picture as a PNG file; the same bytes every time.
  var png: [UInt8] { pngBytes(pixels, width: width, height: height, channels: 3, bits: 8) }

  static func textWidth(_ text: String) -> Int { text.count * Font.width }
}
