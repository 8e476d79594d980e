import NNXImage
import NNXModel
import NNXSystem

/// What made a segmentation: stored as JSON beside it, so that a result can be traced and repeated.
struct RunRecord: Sendable {
  /// Who the model is, as the store knows it: name, version, source record, digests, licences.
  var model: OrderedJSON
  var command: [String]
  var started: String
  var host: String
  /// Where nnx was started: relative paths of the record begin there.
  var folder = Folder.absolute(".")
  /// Which kernels computed, as in `avx2`; results of others differ in the last bits.
  var kernels: String?
  var timings: [(stage: String, seconds: Double)] = []
  /// Bytes.
  var peakMemory: Int?
  var inputs: [OrderedJSON] = []
  var output: OrderedJSON = .null
  /// The map of where folds disagree; `null` when none was asked for.
  var uncertainty: OrderedJSON = .null
  /// Path and SHA-256 of each file that the run wrote but this one: beside it by name, elsewhere absolute.
  var files: [OrderedJSON] = []
  /// SHA-256 of the files of an earlier run that they replaced.
  var replaced: [String] = []
  /// Of the segmentation along `(z, y, x)`, in mm.
  var spacing: [Double] = []
  var settings: OrderedJSON = .null
  var labels: [LabelVolume] = []
  /// Colours and codes of the labels.
  var table = LabelTable()
  var warnings: [String] = []

  init(model: OrderedJSON, command: [String], started: String, host: String) {
    self.model = model
    self.command = command
    self.started = started
    self.host = host
  }

  /// Notes what a segmentation holds.
  mutating func describe(_ segmentation: Segmentation) {
    labels = LabelVolume.measure(
      segmentation.labels, segmentation.table, segmentation.geometry)
    table = segmentation.table
  }

  private static let notice =
    "For research only. nnx is not a medical device, and this result is not for diagnosis or treatment."

  /// The record in the shape of `nnx.run/1` (docs/format/run-record.md).
  var json: OrderedJSON { OrderedJSON(encoding: self).sealed }
}

extension RunRecord: Encodable {
  func encode(to encoder: any Encoder) throws {
    let seconds = timings.map { ($0.stage, ($0.seconds * 1000).rounded() / 1000) }
    let members: Members = [
      "schema": "nnx.run/1", "nnx": Version.current, "predictsAs": Version.emulated,
      "notForClinicalUse": true, "notice": RunRecord.notice, "command": command, "folder": folder,
      "started": started, "host": host, "kernels": kernels, "model": model, "settings": settings,
      "input": inputs, "output": output, "uncertainty": uncertainty, "files": files,
      "replaced": replaced, "spacing": spacing,
      "labels": labels.map { label in
        OrderedJSON.object(
          label.members(label.structure.value.flatMap { table[$0]?.display } ?? []))
      },
      "seconds": Members(seconds), "peakBytes": peakMemory, "warnings": warnings,
    ]
    try members.encode(to: encoder)
  }
}

/// How much of an image a label or a region fills.
package struct LabelVolume: Equatable, Sendable {
  package var structure: LabelTable.Structure
  package var voxels: Int
  /// ml.
  package var volume: Double
  /// Sides of the image that the label reaches: `superior`, `left`, ….
  package var touches: [String] = []
  /// Mean pairwise Dice of the folds (`FoldDisagreement.agreement`), where it was asked for.
  package var agreement: Double?

  package var name: String { structure.name }

  package var json: OrderedJSON { .object(members([])) }

  /// - Parameter display: colour and codes.
  func members(_ display: [OrderedJSON.Member]) -> [OrderedJSON.Member] {
    let members: [OrderedJSON.Member] = [
      .init("voxels", .int(voxels)), .init("ml", .double((volume * 1000).rounded() / 1000)),
      .init("touches", OrderedJSON(touches)),
    ]
    return structure.jsonMembers + members
      + (agreement.map { [.init("agreement", .double($0))] } ?? []) + display
  }

  /// Of everything that a table names.
  ///
  /// - Parameter geometry: of the map.
  package static func measure(
    _ labels: LabelMap, _ table: LabelTable, _ geometry: Geometry
  ) -> [LabelVolume] {
    let counts = labels.histogram
    let voxel = geometry.voxelVolume
    let sides = LabelSides(labels, geometry)
    return table.structures.map { structure in
      let count = structure.values.reduce(0) { $0 + ($1 < counts.count ? counts[$1] : 0) }
      return LabelVolume(
        structure: structure, voxels: count, volume: Double(count) * voxel / 1000,
        touches: sides.reached(by: structure.values))
    }
  }
}
