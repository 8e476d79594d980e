import Glibc

/// A colour as DICOM writes it: CIELab of a D50 or D65 white, each part scaled to 16 bits (DICOM PS3.3,
/// C.10.7.1.1). DCMTK, dcmqi and highdicom take sRGB with D65, and so does nnx.
struct CIELab: Equatable {
  /// L, a, b of 0 to 65535.
  var values: [Double]

  init(_ values: [Double]) { self.values = values }

  /// Of D65 (IEC 61966-2-1), and what it makes of white.
  private static let matrix: [[Double]] = [
    [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
  ]
  private static let inverse: [[Double]] = [
    [3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560],
    [0.0556434, -0.2040259, 1.0572252],
  ]
  private static let white = [0.950456, 1, 1.088754]

  /// - Parameter rgb: 0 to 255.
  init(rgb: [Int]) {
    let linear = rgb.map { level -> Double in
      let share = Double(level) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    let f = zip(Self.matrix, Self.white).map { row, white -> Double in
      let share = dot(row, linear) / white
      return share > 216.0 / 24389 ? cbrt(share) : (24389.0 / 27 * share + 16) / 116
    }
    let l: Double = (116 * f[1] - 16) * 65535 / 100
    let a: Double = (500 * (f[0] - f[1]) + 128) * 65535 / 255
    let b: Double = (200 * (f[1] - f[2]) + 128) * 65535 / 255
    values = [l, a, b].map { min(65535, max(0, $0)).rounded() }
  }

  /// 0 to 255.
  var rgb: [Int] {
    let y: Double = (values[0] * 100 / 65535 + 16) / 116
    let a: Double = values[1] * 255 / 65535 - 128
    let b: Double = values[2] * 255 / 65535 - 128
    let xyz = zip([y + a / 500, y, y - b / 200], Self.white).map { f, white -> Double in
      let cube = f * f * f
      return (cube > 216.0 / 24389 ? cube : (116 * f - 16) * 27 / 24389) * white
    }
    return Self.inverse.map { row in
      let linear = dot(row, xyz)
      let share = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055
      return Int((min(1, max(0, share)) * 255).rounded())
    }
  }
}
