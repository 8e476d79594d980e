import Foundation
import NNXImage
import TestSupport
import Testing

@testable import NNXReport

/// `nnx view --protocol sixel`, read by a small terminal.
@Suite struct SixelTests {
  /// What a terminal makes of a stream of sixels.
  private struct Screen {
    var width = 0
    var height = 0
    /// Of each pixel red, green, blue in percent; `nil` where nothing was drawn.
    var pixels: [[Int]?] = []
    var colours = 0

    init?(_ text: String) {
      guard let start = text.range(of: "\u{1B}P0;1;0q"), let end = text.range(of: "\u{1B}\\") else {
        return nil
      }
      let bytes = Array(text[start.upperBound..<end.lowerBound].utf8)
      var (place, x, top, colour) = (0, 0, 0, 0)
      var palette: [Int: [Int]] = [:]
      func numbers() -> [Int] {
        var list: [Int?] = [nil]
        while place < bytes.count, (0x30...0x39).contains(bytes[place]) || bytes[place] == 0x3B {
          if bytes[place] == 0x3B {
            list.append(nil)
          } else {
            let digit = Int(bytes[place] - 0x30)
            list[list.count - 1] = 10 * (list[list.count - 1] ?? 0) + digit
          }
          place += 1
        }
        return list.map { $0 ?? 0 }
      }
      while place < bytes.count {
        let letter = bytes[place]
        place += 1
        switch letter {
        case UInt8(ascii: "\""):
          let sizes = numbers()
          (width, height) = (sizes[2], sizes[3])
          pixels = .init(repeating: nil, count: width * height)
        case UInt8(ascii: "#"):
          let list = numbers()
          colour = list[0]
          if list.count == 5 { palette[colour] = Array(list[2...]) }
        case UInt8(ascii: "$"): x = 0
        case UInt8(ascii: "-"): (x, top) = (0, top + 6)
        default:
          var (count, sixel) = (1, letter)
          if letter == UInt8(ascii: "!") {
            count = numbers()[0]
            sixel = bytes[place]
            place += 1
          }
          guard (63...126).contains(sixel) else { return nil }
          for _ in 0..<count {
            for bit in 0..<6 where (sixel - 63) >> UInt8(bit) & 1 == 1 {
              guard x < width, top + bit < height else { return nil }
              pixels[(top + bit) * width + x] = palette[colour]
            }
            x += 1
          }
        }
      }
      colours = palette.count
    }
  }

  @Test(arguments: [(SliceView.axial, 40), (.coronal, 13)])
  func aTerminalDrawsThePicture(view: SliceView, columns: Int) throws {
    let folder = Fixtures.folder + "/reference/v2/plain_ct"
    func picture(_ style: TerminalPicture.Style) throws -> String {
      try TerminalPicture(
        image: folder + "/image_0000.nii.gz", segmentation: folder + "/segmentation.nii.gz",
        view: view, slice: nil, window: nil, columns: columns, as: style
      ).text
    }
    let screen = try #require(Screen(try picture(.sixel)))
    #expect(screen.width == columns * 8 && screen.height == columns * 8)
    #expect((2...256).contains(screen.colours))
    #expect(!screen.pixels.contains { $0 == nil })

    // The same picture as PNG, as kitty gets it.
    let kitty = try picture(.kitty)
    let digits = kitty.components(separatedBy: "\u{1B}\\").compactMap {
      $0.components(separatedBy: ";").last
    }.joined()
    let png = try #require(Data(base64Encoded: digits.filter { !$0.isNewline }))
    let temporary = try TemporaryFolder()
    let channels = try readImages(temporary.write("k.png", [UInt8](png)))
    let values = channels.map(\.voxels.values)
    let errors = screen.pixels.enumerated().map { index, percent -> Double in
      let differences = (0..<3).map { channel -> Double in
        abs(Double(values[channel][index]) - Double(percent?[channel] ?? 0) * 2.55)
      }
      return differences.max() ?? 0
    }
    #expect(errors.reduce(0, +) / Double(errors.count) < 2)
    #expect(errors.count { $0 > 24 } * 200 < errors.count)
  }
}
