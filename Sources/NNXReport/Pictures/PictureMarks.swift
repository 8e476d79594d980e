import NNXImage
import NNXSystem

/// What tells where a picture of a patient lies: letters of the directions and a scale bar.
struct PictureMarks {
  /// The directions to the right and down, as letters.
  let right: Character
  let down: Character
  /// Side of a pixel in mm.
  let pixel: Double

  /// Writes the directions at the four sides, and a bar of a round length at the lower left.
  func write(on canvas: inout Canvas) {
    let (width, height) = (canvas.width, canvas.height)
    canvas.write(String(opposite(right)), x: 3, y: height / 2 - 6)
    canvas.write(String(right), x: width - Font.width - 3, y: height / 2 - 6)
    canvas.write(String(opposite(down)), x: width / 2 - 3, y: 2)
    canvas.write(String(down), x: width / 2 - 3, y: height - Font.height - 2)
    let lengths = [1.0, 2, 5, 10, 20, 50, 100, 200, 500]
    let length = lengths.last { $0 / pixel <= Double(width) / 4 } ?? lengths[0]
    let bar = min(Int(saturating: (length / pixel).rounded()), width - 12)
    canvas.fill(x: 5, y: height - 10, width: bar + 2, height: 4, [0, 0, 0])
    canvas.fill(x: 6, y: height - 9, width: bar, height: 2, Canvas.white)
    canvas.write("\(Int(length)) mm", x: 6, y: height - 10 - Font.height)
  }
}
