import NNXImage
import NNXSystem

/// The segmentations of one folder, measured, compared with one another, and made into a page to grade
/// them on.
package struct Cohort {
  /// A label, over all cases.
  struct Label {
    let structure: LabelTable.Structure
    /// ml, by case; `nil` where a case's model does not have the label.
    let volumes: [Double?]
    /// `RobustScore` of the volume, by case; `nil` where there is none.
    let scores: [Double?]
    /// ml, of the cases that have the label.
    let median: Double
  }

  /// A volume far from those of the other cases.
  package struct Outlier: Equatable, Sendable {
    package let caseName: String
    package let label: String
    /// ml.
    package let volume: Double
    package let score: Double
  }

  /// A case that has no segmentation.
  package struct Unfinished: Equatable, Sendable {
    package let name: String
    /// `failed`, `missing`, …
    package let status: String
    package let reason: String

    package init(name: String, status: String, reason: String) {
      (self.name, self.status, self.reason) = (name, status, reason)
    }
  }

  let cases: [CohortCase]
  let unfinished: [Unfinished]
  let labels: [Label]
  /// Volumes whose score is beyond `RobustScore.limit`, by case, then by label.
  package let outliers: [Outlier]
  /// File names in the folder that belong to no case, and why a case is missing, one line each.
  package let leftOut: [String]

  /// Number of cases.
  package var count: Int { cases.count }

  /// Reads and draws all cases of a folder.
  ///
  /// - Parameters:
  ///   - places: folders below it that results lie in; empty for itself.
  ///   - unfinished: cases without a segmentation, to be told of too.
  ///   - images: folder of the images; `nil`: where the records say.
  ///   - side: of each picture in pixels; `nil`: by the number of cases.
  ///   - slices: of each case to scroll through; `nil`: likewise.
  /// - Throws: `file-not-found`; `no-segmentations` when no case can be shown, and none is unfinished.
  package init(
    _ folder: String, places: [String] = [""], unfinished: [Unfinished] = [],
    images: String? = nil, side: Int? = nil, slices: Int? = nil,
    progress: (_ name: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws(NNXError) {
    let found = try CohortFolder(
      folder, places: places, images: images, mayBeEmpty: !unfinished.isEmpty)
    let plan = PicturePlan(cases: found.entries.count, side: side, slices: slices)
    var cases: [CohortCase] = []
    var leftOut = found.leftOut
    var last: NNXError?
    for (index, entry) in found.entries.enumerated() {
      progress(entry.name, index, found.entries.count)
      do throws(NNXError) {
        cases.append(try CohortCase(entry, plan))
      } catch {
        last = error
        leftOut.append("\(lastComponent(entry.segmentation)): \(error.message)")
      }
    }
    progress("", found.entries.count, found.entries.count)
    if cases.isEmpty, unfinished.isEmpty, let last { throw last }
    self.cases = cases
    (self.leftOut, self.unfinished) = (leftOut, unfinished)
    labels = Cohort.labels(of: cases)
    outliers = Cohort.outliers(cases, labels)
  }

  /// Each label and region that a case has, by values and name: another model's label of the same value is
  /// another.
  private static func labels(of cases: [CohortCase]) -> [Label] {
    struct Key: Hashable {
      let values: [Int]
      let name: String
    }
    var structures: [LabelTable.Structure] = []
    var volumes: [Key: [Double?]] = [:]
    let none = [Double?](repeating: nil, count: cases.count)
    for (index, label) in cases.enumerated().flatMap({ place, item in
      item.labels.map { (place, $0) }
    }) {
      let key = Key(values: label.structure.values, name: label.name)
      if volumes[key] == nil { structures.append(label.structure) }
      volumes[key, default: none][index] = label.volume
    }
    func order(_ structure: LabelTable.Structure) -> (Int, Int, String) {
      (-structure.values.count, structure.values[0], structure.name)
    }
    return structures.sorted { order($0) < order($1) }.map { structure in
      let volumes = volumes[Key(values: structure.values, name: structure.name)] ?? none
      let known = volumes.compactMap(\.self)
      var scores = RobustScore.scores(known)?[...]
      return Label(
        structure: structure, volumes: volumes,
        scores: volumes.map { $0 == nil ? nil : scores?.popFirst() },
        median: percentile(0.5, of: known.sorted()))
    }
  }

  private static func outliers(_ cases: [CohortCase], _ labels: [Label]) -> [Outlier] {
    cases.indices.flatMap { index in
      labels.compactMap { label in
        guard let volume = label.volumes[index], let score = label.scores[index],
          abs(score) > RobustScore.limit
        else { return nil }
        return Outlier(
          caseName: cases[index].name, label: label.structure.name, volume: volume, score: score)
      }
    }
  }
}
