import NNXTensor

/// What lies about the surface of labels and has intensities of a range: the skin of a body.
///
/// `extract_skin` of TotalSegmentator 2.18.0 (postprocessing.py), with SciPy's defaults: neighbours share a face, and
/// what lies outside of the image is background, so that a body that leaves it has skin where it is cut.
package struct Shell: Equatable, Sendable {
  /// Voxels that the labels grow.
  package var outward: Int
  /// Voxels that are taken off all that has grown; the shell is what this takes off.
  package var inward: Int
  /// Intensities (HU) between which the shell stays, without these two.
  package var above: Double
  package var below: Double
  /// Components (of voxels that share a face) up to so many voxels go.
  package var upTo: Int

  package init(outward: Int, inward: Int, above: Double, below: Double, upTo: Int) {
    (self.outward, self.inward) = (outward, inward)
    (self.above, self.below, self.upTo) = (above, below, upTo)
  }
}

extension LabelMap {
  /// The shell of some labels as 1.
  ///
  /// - Parameter image: that the labels were made from; the map is of its file's order.
  func shell(_ shell: Shell, of values: [Int], in image: Image) -> LabelMap {
    let threads = Threads.all
    let grown = (0..<shell.outward).reduce(mask(of: values)) { map, _ in
      map.changed(from: 0, threads)
    }
    let kept = (0..<shell.inward).reduce(grown) { map, _ in map.changed(from: 1, threads) }
    let inRange = LabelMap(image.voxels.shape, largestLabel: 1)
    let source = ZoomSource(image.voxels, exact: image.exact)
    threads.forEachBlock(of: inRange.count) { block in
      for index in block where source[index] > shell.above && source[index] < shell.below {
        inRange[index] = 1
      }
    }
    let result = image.turn?.undo(inRange) ?? inRange
    threads.forEachBlock(of: count) { block in
      for index in block where grown[index] == 0 || kept[index] == 1 { result[index] = 0 }
    }
    Components(of: [1], in: result, .faces).remove { $0 <= shell.upTo }
    return result
  }

  /// A mask of 0 and 1 whose voxels of one kind have changed to the other where a neighbour by a face is of that.
  /// Neighbours outside of the grid are 0.
  private func changed(from kind: Int, _ threads: Threads) -> LabelMap {
    let result = copy()
    let (height, width) = (shape[1], shape[2])
    threads.forEach(shape[0]) { z, _ in
      for y in 0..<height {
        let row = (z * height + y) * width
        for x in 0..<width where self[row + x] == kind {
          func isOther(_ isInside: Bool, _ step: Int) -> Bool {
            (isInside ? self[row + x + step] : 0) != kind
          }
          if isOther(x > 0, -1) || isOther(x < width - 1, 1) || isOther(y > 0, -width)
            || isOther(y < height - 1, width) || isOther(z > 0, -width * height)
            || isOther(z < shape[0] - 1, width * height)
          {
            result[row + x] = 1 - kind
          }
        }
      }
    }
    return result
  }
}
