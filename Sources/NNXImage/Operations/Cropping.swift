import Glibc
import NNXTensor

/// Where a case has anything: nnU-Net's `create_nonzero_mask` and the box around it
/// (nnunetv2/preprocessing/cropping/cropping.py).
package enum Nonzero {
  /// 1 where any channel is not zero (NaN is not), with holes filled; 0 elsewhere.
  ///
  /// - Parameter channels: of one shape, `(z, y, x)`.
  package static func mask(_ channels: [Tensor], threads: Threads = .all) -> LabelMap {
    let mask = unfilledMask(channels, threads)
    fillHoles(mask)
    return mask
  }

  /// The smallest box around all voxels that are not zero in some channel; `nil` when there are none.
  /// Filling holes would not change it.
  package static func box(_ channels: [Tensor], threads: Threads = .all) -> Box? {
    boundingBox(unfilledMask(channels, threads))
  }

  private static func unfilledMask(_ channels: [Tensor], _ threads: Threads) -> LabelMap {
    let shape = channels[0].shape
    precondition(channels.allSatisfy { $0.shape == shape }, "channels of different shapes")
    let mask = LabelMap(shape, largestLabel: 1)
    let size = shape[1] * shape[2]
    threads.forEach(shape[0]) { z, _ in
      let output = unsafe mask.narrow + z * size
      for channel in channels {
        let input = unsafe channel.base + z * size
        for index in 0..<size { unsafe output[index] |= input[index] != 0 ? 1 : 0 }
      }
    }
    return mask
  }
}

/// The smallest box around all labels other than 0; `nil` when there are none.
package func boundingBox(_ map: LabelMap) -> Box? {
  var lower = map.shape
  var upper = [0, 0, 0]
  let width = map.shape[2]
  for z in 0..<map.shape[0] {
    for y in 0..<map.shape[1] {
      let start = (z * map.shape[1] + y) * width
      guard let first = (0..<width).first(where: { map[start + $0] != 0 }) else { continue }
      let last = (0..<width).last { map[start + $0] != 0 } ?? first
      lower = [min(lower[0], z), min(lower[1], y), min(lower[2], first)]
      upper = [max(upper[0], z + 1), max(upper[1], y + 1), max(upper[2], last + 1)]
    }
  }
  return upper[0] == 0 ? nil : Box(lower: lower, upper: upper)
}

/// Sets to 1 all background that the outside of the array does not reach through faces of voxels
/// (`scipy.ndimage.binary_fill_holes`).
///
/// Runs of background along x are reached one from another, each once: time grows with the number of
/// voxels.
///
/// - Parameter mask: of 0 and 1; changed in place.
func fillHoles(_ mask: LabelMap) {
  precondition(!mask.isWide, "a mask has one byte a voxel")
  let outside = Outside(mask)
  outside.reachFromBorder()
  for index in 0..<mask.count {
    unsafe mask.narrow[index] = mask.narrow[index] == Outside.mark ? 0 : 1
  }
}

/// Marks the background that is connected with the border of the array.
private final class Outside {
  static let mark: UInt8 = 2

  private let mask: LabelMap
  private let width: Int
  private let height: Int
  private let depth: Int
  /// First voxels of marked runs whose neighbours have not been looked at.
  private var pending: [Int] = []

  init(_ mask: LabelMap) {
    self.mask = mask
    (depth, height, width) = (mask.shape[0], mask.shape[1], mask.shape[2])
  }

  func reachFromBorder() {
    guard mask.count > 0 else { return }
    for z in 0..<depth {
      for y in 0..<height {
        let row = (z * height + y) * width
        if z == 0 || z == depth - 1 || y == 0 || y == height - 1 {
          markRuns(row: row, from: 0, to: width - 1)
        } else {
          markRuns(row: row, from: 0, to: 0)
          markRuns(row: row, from: width - 1, to: width - 1)
        }
        reachAllPending()
      }
    }
  }

  private func reachAllPending() {
    while let start = pending.popLast() {
      var end = start
      let rowEnd = start - start % width + width
      while end < rowEnd, unsafe mask.narrow[end] == Outside.mark { end += 1 }
      let (first, last) = (start % width, start % width + end - start - 1)
      let row = start - first
      let (y, z) = (row / width % height, row / width / height)
      if y > 0 { markRuns(row: row - width, from: first, to: last) }
      if y < height - 1 { markRuns(row: row + width, from: first, to: last) }
      if z > 0 { markRuns(row: row - width * height, from: first, to: last) }
      if z < depth - 1 { markRuns(row: row + width * height, from: first, to: last) }
    }
  }

  /// Marks every run of background in a row that has a voxel in `from...to`.
  private func markRuns(row: Int, from: Int, to: Int) {
    let voxels = unsafe mask.narrow + row
    var x = from
    while x <= to {
      guard let zero = unsafe memchr(voxels + x, 0, to - x + 1) else { return }
      x = unsafe zero - UnsafeMutableRawPointer(voxels)
      var start = x
      while start > 0, unsafe voxels[start - 1] == 0 { start -= 1 }
      var end = start
      while end < width, unsafe voxels[end] == 0 {
        unsafe voxels[end] = Outside.mark
        end += 1
      }
      pending.append(row + start)
      x = end
    }
  }
}
