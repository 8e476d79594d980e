import NNXDICOM
import NNXSystem

/// What `nnx dicom ls` shows: a row for each volume, and for each series that has none.
struct SeriesListing {
  struct Row {
    /// UID, with `#n` where a series has several volumes.
    var name: String
    var number: String
    var modality: String
    var description: String
    var slices: Int
    var size: String
    /// What it is, or why it cannot be read.
    var state: String
    var isReadable: Bool
    var error: NNXError?
    /// What tells it from the other volumes of its series.
    var mark: String?
    var notes: [String] = []

    /// For a column of a table.
    var shortState: String {
      guard isReadable else { return "refused" }
      return (mark ?? "ok") + (notes.isEmpty ? "" : ", with a note")
    }
    /// What the column leaves out.
    var remarks: [String] {
      (isReadable ? notes : [state]).map { "\(name): \($0)" }
    }
  }

  let rows: [Row]
  let scan: DICOMScan

  init(_ scan: DICOMScan) {
    self.scan = scan
    rows = scan.series.flatMap { series -> [Row] in
      let name = series.name.isEmpty ? "(no UID)" : series.name
      func made(_ name: String, _ slices: Int, _ size: String) -> Row {
        Row(
          name: name, number: series.number, modality: series.modality,
          description: series.description, slices: slices, size: size, state: "ok",
          isReadable: true)
      }
      if let problem = series.problem {
        var row = made(name, series.files, "")
        (row.state, row.isReadable, row.error) = (problem.message, false, problem)
        return [row]
      }
      return series.volumes.map { volume in
        var row = made(
          series.volumes.count > 1 ? "\(name)#\(volume.number)" : name, volume.count,
          "\(volume.columns) x \(volume.rows)")
        row.mark = volume.mark
        do throws(NNXError) {
          let stack = try SliceStack(volume, path: scan.path)
          row.notes = stack.notes
          row.state = ([volume.mark ?? "ok"] + stack.notes).joined(separator: "; ")
        } catch {
          (row.state, row.isReadable, row.error) = (error.message, false, error)
        }
        return row
      }
    }
  }

  var notes: [String] {
    var notes = rows.flatMap(\.remarks)
    if rows.isEmpty { notes.append("\(scan.path) holds no series of images") }
    notes += scan.others.sorted { $0.key < $1.key }.map {
      "\($0.value) of modality \($0.key), no images"
    }
    if !scan.segmentations.isEmpty {
      notes.append("segmentations: " + scan.segmentations.map(\.path).joined(separator: ", "))
    }
    return notes + scan.damaged.map { "damaged: \($0.path): \($0.error.details.first ?? "")" }
  }

  var json: Members {
    [
      "path": scan.path,
      "volumes": rows.map { row in
        [
          "series": row.name, "number": row.number, "modality": row.modality,
          "description": row.description, "slices": row.slices, "size": row.size,
          "volume": row.mark, "readable": row.isReadable, "error": row.error?.code.name,
          "state": row.state,
        ] as Members
      },
      "segmentations": scan.segmentations.map(\.path),
      "damaged": scan.damaged.map { $0.path },
    ]
  }
}
