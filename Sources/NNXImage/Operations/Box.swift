import NNXTensor

/// A part of a grid: indices `lower[a]..<upper[a]` along axis `a`, `(z, y, x)`.
package struct Box: Equatable, Sendable {
  package var lower: [Int]
  package var upper: [Int]

  package init(lower: [Int], upper: [Int]) {
    precondition(lower.count == 3 && upper.count == 3)
    precondition(zip(lower, upper).allSatisfy { 0 <= $0 && $0 <= $1 }, "no box: \(lower) \(upper)")
    self.lower = lower
    self.upper = upper
  }

  /// A whole grid.
  package init(_ shape: [Int]) { self.init(lower: [0, 0, 0], upper: shape) }

  /// Voxels along each axis.
  package var shape: [Int] { zip(upper, lower).map { $0 - $1 } }

  /// The same part of a grid whose axis `a` is this one's axis `axes[a]`.
  package func transposed(_ axes: [Int]) -> Box {
    Box(lower: axes.map { lower[$0] }, upper: axes.map { upper[$0] })
  }
}

extension Tensor {
  /// The voxels inside of a box; the tensor itself when the box is all of it.
  package func cropped(to box: Box) -> Tensor {
    if box == Box(shape) { return self }
    let result = Tensor(box.shape)
    let width = box.shape[2]
    forEachRow(of: box, in: shape) { source, target in
      result.copy(source..<source + width, of: self, to: target)
    }
    return result
  }
}

extension LabelMap {
  /// The labels inside of a box; the map itself when the box is all of it.
  package func cropped(to box: Box) -> LabelMap {
    if box == Box(shape) { return self }
    let result = LabelMap(box.shape, largestLabel: isWide ? 65535 : 0)
    let width = box.shape[2]
    forEachRow(of: box, in: shape) { source, target in
      result.copy(source..<source + width, of: self, to: target)
    }
    return result
  }

  /// Stores a smaller map into the part of this one that `box` names.
  ///
  /// - Parameter part: has the shape of the box; its labels are ones this map can hold.
  package func paste(_ part: LabelMap, into box: Box) {
    precondition(part.shape == box.shape, "\(part.shape) does not fill \(box)")
    let width = box.shape[2]
    if part.isWide == isWide {
      forEachRow(of: box, in: shape) { target, source in
        copy(source..<source + width, of: part, to: target)
      }
      return
    }
    forEachRow(of: box, in: shape) { target, source in
      for offset in 0..<width { self[target + offset] = part[source + offset] }
    }
  }
}

/// Calls `body` for each row along x of a box in a grid, with the index of its first voxel in the grid
/// and in the box.
package func forEachRow(of box: Box, in shape: [Int], _ body: (_ outer: Int, _ inner: Int) -> Void)
{
  precondition(
    shape.count == 3 && zip(box.upper, shape).allSatisfy { $0 <= $1 }, "\(box) leaves \(shape)")
  var inner = 0
  for z in box.lower[0]..<box.upper[0] {
    for y in box.lower[1]..<box.upper[1] {
      body((z * shape[1] + y) * shape[2] + box.lower[2], inner)
      inner += box.shape[2]
    }
  }
}
