import Foundation
import Synchronization

/// What one case showed: how far nnx lies from nnU-Net at each stage.
struct ParityRow {
  let name: String
  /// Largest difference as a share of the standard deviation; `nil` where nnU-Net's was not kept.
  var preprocessed: Double?
  /// Voxels of a cascade's one-hot channels that differ.
  var previousDiffers = 0
  var scores = 0.0
  /// Largest difference from nnU-Net's logits carried on in double; `nil` where not compared.
  var probabilities: Double?
  /// Mean difference from nnU-Net's own file; `nil` where it was not kept.
  var upstreamProbabilities: Double?
  /// Labels that differ when the export starts from nnU-Net's own logits.
  var exportDiffers = 0
  /// Labels that differ from exact arithmetic, file to file.
  var labelsDiffer = 0
  /// The same for nnU-Net itself, which accumulates in float16.
  var upstreamDiffers = 0
  var voxels = 0
  /// What the case shows.
  var features: [String] = []
  /// What is known of the voxels that differ, where any does.
  var explanation: String?

  init(_ name: String) { self.name = name }
}

/// Collects the rows of a run; `NNX_PARITY_TABLE=FILE` writes them as a table of Markdown.
enum ParityTable {
  /// A comparison that is no single case: of what, labels that differ, voxels.
  private typealias Remark = (feature: String, differ: Int, voxels: Int)

  private static let rows = Mutex<([ParityRow], [Remark])>(([], []))

  static func add(_ row: ParityRow) {
    rows.withLock { rows in
      rows.0.append(row)
      write(rows.0, rows.1)
    }
  }

  /// Notes how many labels differ from nnU-Net's in a comparison of whole files.
  static func add(feature: String, differ: Int, voxels: Int) {
    rows.withLock { rows in
      rows.1.append((feature, differ, voxels))
      write(rows.0, rows.1)
    }
  }

  private static func write(_ rows: [ParityRow], _ remarks: [Remark]) {
    guard let path = ProcessInfo.processInfo.environment["NNX_PARITY_TABLE"] else { return }
    let rows = rows.sorted { $0.name < $1.name }
    let text = markdown(rows) + explanations(rows) + features(rows, remarks)
    try? text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Of every case with labels that differ, why.
  private static func explanations(_ rows: [ParityRow]) -> String {
    let lines = rows.compactMap { row in row.explanation.map { "- \(row.name): \($0)" } }
    guard !lines.isEmpty else { return "" }
    return """

      ## Voxels that differ

      What the real nnU-Net says of them with network, accumulators and resampling in float64
      (`Scripts/make-reference/near_ties.py`, `Tests/Fixtures/near-ties.json`). Which of such voxels
      differ depends on the processor: each set of kernels adds in an order of its own.

      \(lines.joined(separator: "\n"))

      """
  }

  /// Per feature: the cases that have it and how far nnx is from nnU-Net in the worst of them.
  private static func features(_ rows: [ParityRow], _ remarks: [Remark]) -> String {
    var text = """

      ## By feature

      The worst of the cases that have it; *labels* are those that differ file to file, of all voxels.
      `Scripts/test --filter Parity` runs the comparisons, and
      `Scripts/test --filter 'EnsembleTests|CascadeTests'` those without a case.

      | feature | preprocessed | logits | labels | cases |
      |---|---|---|---|---|

      """
    for feature in Set(rows.flatMap(\.features)).sorted() {
      let having = rows.filter { $0.features.contains(feature) }
      text += "| \(feature) | \(short(having.compactMap(\.preprocessed).max())) "
      text += "| \(short(having.map(\.scores).max())) "
      text += "| \(having.reduce(0) { $0 + $1.labelsDiffer }) "
      text += "of \(having.reduce(0) { $0 + $1.voxels }) "
      text += "| \(having.map(\.name).joined(separator: ", ")) |\n"
    }
    for feature in Set(remarks.map(\.feature)).sorted() {
      let own = remarks.filter { $0.feature == feature }
      text += "| \(feature) | | | \(own.reduce(0) { $0 + $1.differ }) "
      text += "of \(own.reduce(0) { $0 + $1.voxels }) | |\n"
    }
    return text
  }

  private static func markdown(_ rows: [ParityRow]) -> String {
    let head = """
      # Parity with nnU-Net

      Written by the tests:
      `NNX_PARITY_TABLE=$PWD/docs/parity.md Scripts/test --filter 'Parity|EnsembleTests'`.

      Every case is a model whose prediction was recorded from the real nnU-Net (nnunetv2 2.8.1,
      nnunet 1.7.1) with all intermediates, in `Tests/Fixtures/reference`. Each stage starts from
      nnU-Net's own result of the stage before, so a difference shows where it arises; where its input
      of the network was not kept, the scores start from ours.
      `Scripts/referee CASE` has the real nnU-Net make a case anew, one of your own, or one drawn by its
      number (`random/7`, `random-v1/7`, `random-chain/7`), and compares.

      - *preprocessed*, *logits*: largest difference, as a share of the standard deviation; the tests
        demand at most \(short(ParityTests.preprocessedTolerance)) and
        \(short(ParityTests.scoreTolerance)). For v1 the column holds the softmax.
      - *export*: labels that differ when nnU-Net's own logits are brought to the image's grid.
      - *labels*: labels that differ file to file from nnU-Net with float32 accumulators (v1 has
        them anyway, and its post-processing is included). The tests
        allow those whose two best logits lie within the tolerance.
      - *nnU-Net's own*: labels that differ between that and nnU-Net as it is, which accumulates v2
        logits in float16: its own rounding.
      - *probabilities*: largest difference from nnU-Net's float32 logits carried on in double; the
        tests demand at most \(short(ParityTests.probabilityTolerance)). In brackets, where it was
        kept, the mean difference from the file nnU-Net wrote, which carries its rounding.

      | case | preprocessed | logits | export | labels | nnU-Net's own | probabilities |
      |---|---|---|---|---|---|---|

      """
    return rows.reduce(into: head) { text, row in
      text += "| \(row.name) | \(short(row.preprocessed)) | \(short(row.scores)) "
      text += "| \(row.exportDiffers) | \(row.labelsDiffer) of \(row.voxels) "
      let upstream = row.upstreamProbabilities.map { " (\(short($0)))" }
      text += "| \(row.upstreamDiffers) | \(short(row.probabilities))\(upstream ?? "") |\n"
    }
  }

  private static func short(_ value: Double?) -> String {
    value.map { String(format: "%.1e", $0) } ?? ""
  }
}
