extension Geometry {
  /// Where a voxel index lies in the patient, in mm: RAS, as NIfTI and most viewers tell it.
  ///
  /// - Parameter index: `(x, y, z)`, with fractions.
  package func ras(_ index: [Double]) -> [Double] {
    let steps = (0..<3).map { index[$0] * fileSpacing[$0] }
    let lps = (0..<3).map { row in
      (0..<3).reduce(origin[row]) { $0 + direction[3 * row + $1] * steps[$1] }
    }
    return [-lps[0] + 0, -lps[1] + 0, lps[2]]
  }

  /// The anatomical direction that each file axis `(x, y, z)` runs to, the nearest of six: `R`, `L`,
  /// `A`, `P`, `S`, `I`.
  package var axisCodes: [Character] {
    (0..<3).map { axis in
      let column = (0..<3).map { direction[3 * $0 + axis] }
      let main = (0..<3).max { abs(column[$0]) < abs(column[$1]) } ?? 0
      // Positive is left, posterior, superior in LPS.
      let names: [(Character, Character)] = [("L", "R"), ("P", "A"), ("S", "I")]
      return column[main] >= 0 ? names[main].0 : names[main].1
    }
  }

  /// `RAS`, `LPS`, …: where the file's axes run to.
  package var orientation: String { String(axisCodes) }
}

/// The full word for a letter of `Geometry.axisCodes`.
func edgeName(_ code: Character) -> String {
  switch code {
  case "R": "right"
  case "L": "left"
  case "A": "anterior"
  case "P": "posterior"
  case "S": "superior"
  default: "inferior"
  }
}

/// The letter of the other end of an axis.
package func opposite(_ code: Character) -> Character {
  let pairs: [Character: Character] = ["R": "L", "L": "R", "A": "P", "P": "A", "S": "I", "I": "S"]
  return pairs[code] ?? code
}
