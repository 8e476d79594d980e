import NNXImage
import NNXSystem

/// Two segmentations, compared.
package struct Comparison: Sendable {
  package let labels: [Agreement]
  /// How labels were paired, and what else a person should know, one line each.
  package let notes: [String]

  /// - Parameters:
  ///   - matches: pairs that a person names.
  ///   - tolerance: of the surface Dice, in mm.
  /// - Throws: as `readSegmentation`; `usage` of a match; `geometry` when they lie on different grids.
  package init(
    _ first: String, _ second: String, matches: [LabelMatch] = [], tolerance: Double
  ) throws(NNXError) {
    let (a, b) = try Segmentation.aligned(
      readNamedSegmentation(first), readNamedSegmentation(second))
    let names = (lastComponent(first), lastComponent(second))
    let pairing = try LabelPairing(
      a.table, b.table, matches: matches, names: names.0 == names.1 ? (first, second) : names)
    labels = try Agreement.compare(a, b, pairs: pairing.pairs, tolerance: tolerance)
    notes =
      pairing.notes
      + [a.doubt(first), b.doubt(second), a.geometry.misplacement(of: b.geometry, names)]
      .compactMap(\.self)
      + (Comparison.lacksSurfaces(labels) ? [Comparison.surfacesNote] : [])
  }

  /// Labels that a file has.
  package var found: [Agreement] { labels.filter { $0.dice != nil } }
  /// Names of labels and regions that neither file has.
  package var notFound: [String] {
    labels.filter { $0.dice == nil && $0.pair.structure.kind != .part }.map(\.name)
  }

  /// Mean of a number over the labels and regions that have it, and how many they are; parts of regions
  /// do not count.
  package func mean(_ number: (Agreement) -> Double?) -> (mean: Double, count: Int)? {
    let values = labels.filter { $0.pair.structure.kind != .part }.compactMap(number)
    return values.isEmpty ? nil : (values.reduce(0, +) / Double(values.count), values.count)
  }

  static let surfacesNote =
    "too many labels lie scattered over the image: distances of surfaces were not measured"

  /// Whether a label that both have was left without surfaces.
  static func lacksSurfaces(_ labels: [Agreement]) -> Bool {
    labels.contains { $0.surface == nil && $0.firstVolume > 0 && $0.secondVolume > 0 }
  }
}
