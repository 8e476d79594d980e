import Foundation
import NNXSystem
import TestSupport
import Testing

/// Voxels of a case that rounding decides: the real nnU-Net in float64, see
/// Scripts/make-reference/near_ties.py.
struct NearTies {
  private let rounding: Double
  private let ties: [[Int]: (labels: [Int], margin: Double)]

  /// - Returns: `nil` for a case that was not looked at.
  init?(_ name: String) throws {
    let cases = try OrderedJSON(contentsOf: Fixtures.folder + "/near-ties.json").array ?? []
    guard let own = cases.first(where: { $0["case"]?.string == name }) else { return nil }
    rounding = try #require(own["rounding"]?.double)
    var ties: [[Int]: ([Int], Double)] = [:]
    for tie in own["ties"]?.array ?? [] {
      let voxel = tie["voxel"]?.array?.compactMap(\.int) ?? []
      ties[voxel] = (
        tie["labels"]?.array?.compactMap(\.int) ?? [], try #require(tie["margin"]?.double)
      )
    }
    self.ties = ties
  }

  /// Expects labels to be nnU-Net's but for such ties.
  ///
  /// - Parameter shape: of the image, `(z, y, x)`.
  /// - Returns: how many differ.
  @discardableResult
  static func expectEqual(
    _ own: [Int], _ expected: [Int], case name: String, shape: [Int]
  ) throws -> Int {
    let differing = own.indices.filter { own[$0] != expected[$0] }
    guard let ties = try NearTies(name) else {
      #expect(differing.isEmpty)
      return differing.count
    }
    _ = try ties.explain(differing, own: own, expected: expected, shape: shape)
    return differing.count
  }

  /// Expects every voxel that differs to be such a tie between the two labels.
  ///
  /// - Parameters:
  ///   - differing: indices in C order.
  ///   - shape: of the image, `(z, y, x)`.
  /// - Returns: a sentence; `nil` when there is no tie.
  func explain(
    _ differing: [Int], own: [Int], expected: [Int], shape: [Int]
  ) throws -> String? {
    guard !differing.isEmpty else {
      let smallest = ties.values.map(\.margin).min()
      return smallest.map {
        "none differs here. The nearest tie has scores \(short($0)) apart; \(roundingText)"
      }
    }
    var parts: [String] = []
    for index in differing {
      let voxel = [index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2]]
      let tie = try #require(ties[voxel], "the voxel \(voxel) is no tie")
      #expect(Set(tie.labels) == [own[index], expected[index]])
      parts.append(
        "voxel \(voxel) (z, y, x), labels \(expected[index]) (nnU-Net) and \(own[index]) (nnx), whose"
          + " scores lie \(short(tie.margin)) apart")
    }
    return parts.joined(separator: "; ") + ". \(roundingText)"
  }

  private var roundingText: String {
    "nnU-Net's own float32 scores of this case lie up to \(short(rounding)) from float64; \(ties.count) of"
      + " its voxels are as near a tie."
  }

  private func short(_ value: Double) -> String { String(format: "%.1e", value) }
}
