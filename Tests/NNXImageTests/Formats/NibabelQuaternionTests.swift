import Testing

@testable import NNXImage

/// The quaternions of `nibabel.Nifti1Image(array, affine)` (nibabel 5.4.2, NumPy 2.4.6) for axes along the patient's.
@Suite struct NibabelQuaternionTests {
  /// Where the axes run to, and b, c and d: signs of 0, one half (h), its root (r) or 1.
  @Test(arguments: [
    "RAS +0+0+0", "RAI +0+0+0", "RPS +1+0+0", "RPI +1+0+0", "LAS +0+1+0", "LAI +0+1+0",
    "LPS +0+0+1", "LPI +0+0+1", "RSA +r-0-0", "RSP +r-0-0", "RIA -r+0+0", "RIP -r+0+0",
    "LSA +0+r+r", "LSP +0+r+r", "LIA +0-r+r", "LIP +0-r+r", "ARS +r+r+0", "ARI +r+r+0",
    "ALS +0+0+r", "ALI +0+0+r", "PRS +0+0-r", "PRI +0+0-r", "PLS -r+r+0", "PLI -r+r+0",
    "ASR +h+h+h", "ASL +h+h+h", "AIR -h-h+h", "AIL -h-h+h", "PSR +h-h-h", "PSL +h-h-h",
    "PIR -h+h-h", "PIL -h+h-h", "SRA -h-h-h", "SRP -h-h-h", "SLA +h-h+h", "SLP +h-h+h",
    "IRA +h+h-h", "IRP +h+h-h", "ILA -h+h+h", "ILP -h+h+h", "SAR +0-r+0", "SAL +0-r+0",
    "SPR -r+0-r", "SPL -r+0-r", "IAR -0+r-0", "IAL -0+r-0", "IPR -r+0+r", "IPL -r+0+r",
  ]) func areThoseOfLAPACK(line: String) throws {
    let (codes, signs) = (line.prefix(3), Array(line.dropFirst(4)))
    var rows = [[Double]](repeating: [0, 0, 0, 0], count: 3)
    for (column, code) in codes.enumerated() {
      let row = try #require(["RL", "AP", "SI"].firstIndex { $0.contains(code) })
      rows[row][column] = ("RAS".contains(code) ? 1 : -1) * [1.5, 2.5, 3.5][column]
    }
    let sizes: [Character: Double] = ["0": 0, "h": 0.5, "r": 0.5.squareRoot(), "1": 1]
    let expected = try (0..<3).map { index in
      let size = try #require(sizes[signs[2 * index + 1]])
      return Float(signs[2 * index] == "-" ? -size : size)
    }
    let found = NIfTIHeader.nibabelFile([2, 2, 2], rows).quaternion.map { Float($0) }
    #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(found)")
  }
}
