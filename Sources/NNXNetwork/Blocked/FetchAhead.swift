internal import CKernels
internal import NNXTensor

/// What the products of a box of Winograd tiles fetch into the second cache meanwhile: the window of the box that
/// comes next, and the places of the box's own outputs.
///
/// Loading a window and storing outputs are short and wait for memory; products are long and leave it idle.
@safe struct FetchAhead {
  private let tiles: WinogradTiles
  private let inBlocks: Int
  /// Voxels of a run: a row of a box's outputs.
  private let length: Int
  /// Runs in a row of a window; the few voxels past the last one are left to their reader.
  private let runsInRow: Int
  /// Steps of `multiply` in a box of the most tiles.
  private let steps: Int

  init(_ tiles: WinogradTiles, inBlocks: Int, kernels: Kernels) {
    (self.tiles, self.inBlocks) = (tiles, inBlocks)
    let box = tiles.boxes.max { $0.count < $1.count }
    length = (box?.columns ?? 1) * tiles.variant.outputs[2]
    runsInRow = tiles.variant.stride[2]
    steps =
      tiles.shape.points
      * kernels.steps(inBlocks, blocks: tiles.output.blocks, columns: box?.count ?? 1)
  }

  /// Runs that a box lists at most.
  var most: Int {
    let (variant, rows) = (tiles.variant, tiles.boxes.map(\.rows).max() ?? 0)
    return inBlocks * variant.window(1, along: 0) * variant.window(rows, along: 1)
      * runsInRow + tiles.output.blocks * variant.outputs[0] * variant.outputs[1] * rows
  }

  /// - Parameters:
  ///   - next: the box whose window is read after this one.
  ///   - skipped: planes of the padded inputs that `sources` leave out in front.
  ///   - runs: for `most` of them; in use as long as what is returned.
  @unsafe func list(
    _ box: Int, next: Int?, of sources: InputBlocks, skipped: Int,
    to runs: UnsafeMutablePointer<UnsafePointer<Float>?>
  ) -> nnx_ahead {
    let (output, variant, lanes) = (tiles.output, tiles.variant, tiles.output.lanes)
    var count = 0
    if let next {
      let (frame, rows) = (tiles.frame, variant.window(tiles.boxes[next].rows, along: 1))
      let (row, slice) = (frame.step(0, 1, 0) * lanes, frame.step(1, 0, 0) * lanes)
      let first = tiles.windows[next] * lanes - skipped * slice
      for block in 0..<sources.count {
        guard let data = unsafe sources.base[block].data else { continue }
        for z in 0..<variant.window(1, along: 0) {
          for y in 0..<rows {
            for run in 0..<runsInRow {
              unsafe runs[count] =
                unsafe data + (first + z * slice + y * row + run * length * lanes)
              count += 1
            }
          }
        }
      }
    }
    let rows = variant.outputs[1] * tiles.boxes[box].rows
    let (row, slice) = (output.frame.step(0, 1, 0) * lanes, output.frame.step(1, 0, 0) * lanes)
    for block in 0..<output.blocks {
      let data = unsafe output.data + block * output.blockStride + tiles.first(box) * lanes
      for z in 0..<variant.outputs[0] {
        for y in 0..<rows {
          unsafe runs[count] = unsafe UnsafePointer(data + (z * slice + y * row))
          count += 1
        }
      }
    }
    return unsafe nnx_ahead(runs, count: count, length: length * lanes, steps: steps)
  }
}

extension nnx_ahead {
  /// - Parameters:
  ///   - runs: stay where they are while this is in use.
  ///   - length: floats of each.
  ///   - steps: of the products that fetch them, which share them evenly.
  @unsafe init(
    _ runs: UnsafePointer<UnsafePointer<Float>?>, count: Int, length: Int, steps: Int
  ) {
    let floatsOfLine = 16
    let lines = count * ((length + floatsOfLine - 1) / floatsOfLine)
    unsafe self.init(
      runs: runs, count: Int32(count), length: Int32(length),
      rate: Int32((lines + steps - 1) / max(steps, 1)), next: nil, end: nil)
  }
}

extension Kernels {
  /// Steps of a call of `multiply`: channel blocks of register tiles.
  func steps(_ segments: Int, blocks: Int, columns: Int) -> Int {
    let (most, group) = unsafe (Int(table.columns), Int(table.group))
    return segments * ((blocks + group - 1) / group) * ((columns + most - 1) / most)
  }
}
