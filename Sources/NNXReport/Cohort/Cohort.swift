import NNXImage
import NNXSystem

/// The segmentations of one folder, measured, compared with one another, and made into a page to grade
/// them on.
package struct Cohort {
  /// A label, over all cases.
  struct Label {
    let entry: LabelTable.Entry
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

  let cases: [CohortCase]
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
  ///   - images: folder of the images; `nil`: where the records say.
  ///   - side: of each picture in pixels.
  /// - Throws: `file-not-found`; `no-segmentations` when no case can be shown.
  package init(
    _ folder: String, images: String? = nil, side: Int = 224,
    progress: (_ name: String, _ done: Int, _ total: Int) -> Void = { _, _, _ in }
  ) throws(NNXError) {
    let found = try CohortFolder(folder, images: images)
    var cases: [CohortCase] = []
    var leftOut = found.leftOut
    var last: NNXError?
    for (index, entry) in found.entries.enumerated() {
      progress(entry.name, index, found.entries.count)
      do throws(NNXError) {
        cases.append(try CohortCase(entry, side: side))
      } catch {
        last = error
        leftOut.append("\(lastComponent(entry.segmentation)): \(error.message)")
      }
    }
    progress("", found.entries.count, found.entries.count)
    if cases.isEmpty, let last { throw last }
    self.cases = cases
    self.leftOut = leftOut
    labels = Cohort.labels(of: cases)
    outliers = Cohort.outliers(cases, labels)
  }

  /// Each label that a case has, by value and name: another model's label of the same value is another.
  private static func labels(of cases: [CohortCase]) -> [Label] {
    var entries: [LabelTable.Entry] = []
    for entry in cases.flatMap(\.table.entries)
    where !entries.contains(where: { $0.value == entry.value && $0.name == entry.name }) {
      entries.append(entry)
    }
    return entries.sorted { ($0.value, $0.name) < ($1.value, $1.name) }.map { entry in
      let volumes = cases.map { item in
        item.labels.first { $0.value == entry.value && $0.name == entry.name }?.volume
      }
      let known = volumes.compactMap(\.self)
      var scores = RobustScore.scores(known)?[...]
      return Label(
        entry: entry, volumes: volumes,
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
          caseName: cases[index].name, label: label.entry.name, volume: volume, score: score)
      }
    }
  }
}
