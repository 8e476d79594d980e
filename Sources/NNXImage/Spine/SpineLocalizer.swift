import NNXSystem
import NNXTensor

/// The labels of a former run of TotalSpineSeg on the grid of another's network, nearest ones: its `--loc`.
///
/// - Parameters:
///   - path: of a label map of any grid, as nibabel sees it.
///   - grid: of the network's labels, as their file has it.
/// - Throws: what `readSegmentation` throws; `broken-image` when the axes span no space.
package func spineLocalizer(
  _ path: String, on grid: Geometry, threads: Threads
) throws(NNXError) -> LabelMap {
  let file = try readSegmentation(path)
  let place = try PatientPlace(file.geometry, file.header)
  let own = Geometry(shape: file.labels.shape, ras: place.rows)
  return file.labels.nearest(from: own, to: grid, threads: threads)
}

extension Geometry {
  /// The grid of a part, in float32 as nibabel's file of it holds it.
  package func fileGrid(of box: Box) -> Geometry {
    let rows = fileRows.map { row in
      var origin = row[3]
      for column in 0..<3 { origin += row[column] * Double(box.lower[2 - column]) }
      return Array(row[..<3]) + [Double(Float(origin))]
    }
    return Geometry(shape: box.shape, ras: rows)
  }
}
