/// Winograd tiles that go together: rows and columns of them at one place along z.
struct TileBox {
  /// Which tiles, along each axis.
  let z: Int
  let y: Range<Int>
  let x: Range<Int>
  /// The number of the first of them; the others follow row by row.
  let first: Int

  var rows: Int { y.count }
  var columns: Int { x.count }
  var count: Int { rows * columns }

  /// Layers of tiles in boxes of at most `most` tiles, where a row has not more: whole rows, or equal
  /// parts of one.
  ///
  /// - Parameter layers: those that lie above each other follow each other: what their windows share is
  ///   read from the cache.
  static func cut(_ layers: Range<Int>, of counts: [Int], first: Int, most: Int) -> [TileBox] {
    let parts = (counts[2] + most - 1) / most
    let columns = (counts[2] + parts - 1) / parts
    let rows = max(1, most / counts[2])
    var boxes: [TileBox] = []
    var first = first
    for y in stride(from: 0, to: counts[1], by: rows) {
      for z in layers {
        for x in stride(from: 0, to: counts[2], by: columns) {
          let box = TileBox(
            z: z, y: y..<min(y + rows, counts[1]), x: x..<min(x + columns, counts[2]), first: first)
          boxes.append(box)
          first += box.count
        }
      }
    }
    return boxes
  }
}
