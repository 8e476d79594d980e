import NNXImage
import NNXModel
import NNXSystem

/// What made a segmentation: stored as JSON beside it, so that a result can be traced and repeated.
package struct RunRecord: Sendable {
  /// Who the model is, as the store knows it: name, version, source record, digests, licences.
  package var model: OrderedJSON
  package var command: [String]
  package var started: String
  package var host: String
  /// Where nnx was started: relative paths of the record begin there.
  package var folder = Folder.absolute(".")
  /// Which kernels computed, as in `avx2`; results of others differ in the last bits.
  package var kernels: String?
  package var timings: [(stage: String, seconds: Double)] = []
  /// Bytes.
  package var peakMemory: Int?
  package var inputs: [OrderedJSON] = []
  package var output: OrderedJSON = .null
  /// The map of where folds disagree; `null` when none was asked for.
  package var uncertainty: OrderedJSON = .null
  /// Path and SHA-256 of each file that the run wrote but this one: beside it by name, elsewhere absolute.
  var files: [OrderedJSON] = []
  /// SHA-256 of the files of an earlier run that they replaced.
  var replaced: [String] = []
  /// Of the segmentation along `(z, y, x)`, in mm.
  package var spacing: [Double] = []
  package var settings: OrderedJSON = .null
  package var labels: [LabelVolume] = []
  /// Colours and codes of the labels.
  package var table = LabelTable()
  package var warnings: [String] = []

  package init(model: OrderedJSON, command: [String], started: String, host: String) {
    self.model = model
    self.command = command
    self.started = started
    self.host = host
  }

  private static let notice =
    "For research only. nnx is not a medical device, and this result is not for diagnosis or treatment."

  /// The record in the shape of `nnx.run/1` (docs/format/run-record.md).
  package var json: OrderedJSON {
    [
      "schema": "nnx.run/1",
      "nnx": .string(Version.current), "predictsAs": .string(Version.emulated),
      "notForClinicalUse": true, "notice": .string(RunRecord.notice),
      "command": OrderedJSON(command), "folder": .string(folder),
      "started": .string(started), "host": .string(host), "kernels": OrderedJSON(kernels),
      "model": model, "settings": settings,
      "input": .array(inputs), "output": output, "uncertainty": uncertainty,
      "files": .array(files), "replaced": OrderedJSON(replaced),
      "spacing": OrderedJSON(spacing),
      "labels": .array(
        labels.map { label in
          .object(label.members(label.structure.value.flatMap { table[$0]?.display } ?? []))
        }),
      "seconds": .object(
        timings.map { .init($0.stage, .double(($0.seconds * 1000).rounded() / 1000)) }),
      "peakBytes": OrderedJSON(peakMemory),
      "warnings": OrderedJSON(warnings),
    ]
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
