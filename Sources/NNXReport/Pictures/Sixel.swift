/// Pictures for terminals that draw sixels: DEC STD 070 (Video Systems Reference Manual), chapter 9; VT330/
/// VT340 Programmer Reference Manual, volume 2.
enum Sixel {
  /// The picture in at most 256 colours.
  ///
  /// - Parameter pixels: RGB, 8 bits, rows from the top.
  static func text(_ pixels: [UInt8], width: Int, height: Int) -> String {
    let palette = Palette(pixels, most: 256)
    let indices = stride(from: 0, to: pixels.count, by: 3).map {
      palette.index(pixels[$0], pixels[$0 + 1], pixels[$0 + 2])
    }
    // Pixels are square, and those that are not drawn keep their colour.
    var text = "\u{1B}P0;1;0q\"1;1;\(width);\(height)"
    for (index, colour) in palette.colours.enumerated() {
      let percent = colour.map { String((Int($0) * 200 + 255) / 510) }
      text += "#\(index);2;" + percent.joined(separator: ";")
    }
    for top in stride(from: 0, to: height, by: 6) {
      text += band(indices, width: width, top: top, bottom: min(top + 6, height)) + "-"
    }
    return text + "\u{1B}\\"
  }

  /// Six rows: one line of sixels for each colour in them, all from the left edge.
  private static func band(_ indices: [Int], width: Int, top: Int, bottom: Int) -> String {
    var columns: [Int: [UInt8]] = [:]
    for y in top..<bottom {
      for x in 0..<width {
        columns[indices[y * width + x], default: .init(repeating: 0, count: width)][x] |=
          1 << UInt8(y - top)
      }
    }
    return columns.keys.sorted().map { colour in
      "#\(colour)" + runs(columns[colour] ?? [])
    }.joined(separator: "$")
  }

  /// `!9~` for nine equal sixels in a row; empty ones at the end are left out.
  private static func runs(_ column: [UInt8]) -> String {
    let end = (column.lastIndex { $0 != 0 } ?? -1) + 1
    var text: [UInt8] = []
    var x = 0
    while x < end {
      let start = x
      while x < end, column[x] == column[start] { x += 1 }
      let letter = 63 + column[start]
      if x - start > 3 {
        text += Array("!\(x - start)".utf8) + [letter]
      } else {
        text += .init(repeating: letter, count: x - start)
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

/// A few colours that stand for all of a picture: median cut (P. Heckbert, Color Image Quantization for
/// Frame Buffer Display, SIGGRAPH 1982).
struct Palette {
  private(set) var colours: [[UInt8]] = []
  private var slots: [Int: Int] = [:]

  /// - Parameters:
  ///   - pixels: RGB, 8 bits.
  ///   - most: number of colours at most.
  init(_ pixels: [UInt8], most: Int) {
    var counts: [Int: Int] = [:]
    for start in stride(from: 0, to: pixels.count, by: 3) {
      counts[Palette.key(pixels[start], pixels[start + 1], pixels[start + 2]), default: 0] += 1
    }
    var boxes = counts.isEmpty ? [] : [Box(counts.sorted { $0.key < $1.key })]
    while boxes.count < most,
      let widest = boxes.indices.max(by: { boxes[$0].weight < boxes[$1].weight }),
      let halves = boxes[widest].halves
    {
      boxes[widest] = halves.0
      boxes.append(halves.1)
    }
    for (index, box) in boxes.enumerated() {
      colours.append(box.mean)
      for entry in box.entries { slots[entry.key] = index }
    }
  }

  /// The place in `colours` of what stands for a colour of the picture.
  func index(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
    slots[Palette.key(red, green, blue)] ?? 0
  }

  private static func key(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Int {
    Int(red) << 16 | Int(green) << 8 | Int(blue)
  }

  private struct Box {
    let entries: [(key: Int, value: Int)]
    /// The channel in which the colours differ most, as a shift, and by how much.
    private let shift: Int
    private let extent: Int
    let pixels: Int

    init(_ entries: [(key: Int, value: Int)]) {
      self.entries = entries
      pixels = entries.reduce(0) { $0 + $1.value }
      let extents = [16, 8, 0].map { shift in
        let values = entries.map { $0.key >> shift & 255 }
        return (shift, (values.max() ?? 0) - (values.min() ?? 0))
      }
      (shift, extent) = extents.max { $0.1 < $1.1 } ?? (0, 0)
    }

    /// Which box is cut next: many pixels over a wide range; 0 for a single colour.
    var weight: Int { extent * pixels }

    /// Cut in the middle of its pixels; `nil` for a single colour.
    var halves: (Box, Box)? {
      guard extent > 0 else { return nil }
      let sorted = entries.sorted {
        ($0.key >> shift & 255, $0.key) < ($1.key >> shift & 255, $1.key)
      }
      var (cut, seen) = (1, sorted[0].value)
      while cut < sorted.count - 1, 2 * seen < pixels {
        seen += sorted[cut].value
        cut += 1
      }
      return (Box(Array(sorted[..<cut])), Box(Array(sorted[cut...])))
    }

    var mean: [UInt8] {
      [16, 8, 0].map { shift in
        let sum = entries.reduce(0) { $0 + ($1.key >> shift & 255) * $1.value }
        return UInt8((sum + pixels / 2) / pixels)
      }
    }
  }
}
