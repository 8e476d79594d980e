import Glibc
import NNXSystem
import NNXTensor

extension SliceStack {
  /// Slices of the volume that is read.
  package var depth: Int {
    guard case .even(let heights) = repair, let step = evenDistance else { return slices.count }
    return Int(((heights[heights.count - 1] - heights[0]) / step).rounded(.down)) + 1
  }

  /// Rows of the volume that is read.
  package var rows: Int {
    let rows = slices[0].format.rows
    guard let lean else { return rows }
    // What leans beyond measure has more than any volume, and is refused (`checkSize`).
    return rows + Int(min(1e9, (abs(lean.pixels) * lean.height).rounded(.up)))
  }

  /// The centre of the first pixel of the first row from the top, in the first slice of the volume that is read; LPS, mm.
  package var origin: [Double] {
    let first = slices[0]
    guard let lean else { return first.position }
    // Row 0 of the upright array in rows of the first slice; dcm2niix writes another place, 10 mm off in the reference.
    let bottom = first.format.rows - 1
    let row = Double(bottom) + Double(lean.pixels * lean.start) - Double(rows - 1)
    return (0..<3).map { first.position[$0] + first.orientation[3 + $0] * first.spacing[0] * row }
  }

  /// The distance of slices that were made at even ones, in mm: the smallest of those between the scanner's; `nil`
  /// where they are the scanner's own.
  var evenDistance: Float? {
    guard case .even(let heights) = repair else { return nil }
    return zip(heights.dropFirst(), heights).map { $0 - $1 }.min()
  }

  /// The distance of the first two slices of the volume that is read, in mm, as the scanner counts them: what dcm2niix
  /// takes.
  package var distance: Float {
    if let evenDistance { return evenDistance }
    if lean != nil { return Float(slices[1].height - slices[0].height) }
    let ends = isCountedDown ? [slices.count - 1, slices.count - 2] : [0, 1]
    let (first, second) = (
      slices[ends[0]].position.map { Float($0) }, slices[ends[1]].position.map { Float($0) }
    )
    let way = zip(second, first).map { $0 - $1 }
    return ((way[0] * way[0] + way[1] * way[1]) + way[2] * way[2]).squareRoot()
  }

  /// How a leaning stack is shifted: pixels for each mm of height, the height of the last slice above the first, and
  /// that of the slice that stays where it is, from the bottom of its columns.
  private var lean: (pixels: Float, height: Float, start: Float)? {
    guard case .upright(let shift) = repair else { return nil }
    let height = Float(slices[1].height - slices[0].height) * Float(slices.count - 1)
    let slope = tan(Double(angle) / (180 / .pi)) / Double(Float(slices[0].spacing[0]))
    return (Float(shift < 0 ? -slope : slope), height, shift > 0 ? height : 0)
  }

  /// By how many degrees the stack leans: `computeGantryTiltPrecise` of dcm2niix, in float32, whose rounding decides
  /// about voxels.
  private var angle: Float {
    let (first, last) = (slices[0], slices[slices.count - 1])
    let way = zip(last.position, first.position).map { Float($0) - Float($1) }
    let cosines = first.orientation.map { Float($0) }
    let (row, column) = (Array(cosines[0..<3]), Array(cosines[3..<6]))
    let normal = [
      row[1] * column[2] - row[2] * column[1], row[2] * column[0] - row[0] * column[2],
      row[0] * column[1] - row[1] * column[0],
    ]
    func product(_ a: [Float], _ b: [Float]) -> Float {
      (a[0] * b[0] + a[1] * b[1]) + a[2] * b[2]
    }
    let lengths = product(way, way).squareRoot() * product(normal, normal).squareRoot()
    let cosine = min(1, abs(product(normal, way)) / lengths)
    return Float(Double(acosf(cosine)) * (180 / .pi))
  }

  /// Does what was allowed to slices that are no volume as they are.
  func repaired(_ volume: Tensor, reversesRows: Bool) -> Tensor {
    switch repair {
    case .none: volume
    case .even(let heights): even(volume, heights, mean(reversesRows) { ($0 + 0.5).rounded(.down) })
    case .upright: upright(volume, reversesRows: reversesRows)
    }
  }

  /// The mean of two numbers, by the share of the second. Where all slices share slope and intercept, dcm2niix rounds
  /// to stored integers.
  private func mean(
    _ reversesRows: Bool, rounding: @escaping (Float) -> Float
  ) -> (_ low: Float, _ high: Float, _ share: Float) -> Float {
    let rescaling = manner(reversesRows: reversesRows).rescaling
    let scale = rescaling.scale(of: slices[0])
    guard scale.slope != 0, slices.allSatisfy({ rescaling.scale(of: $0) == scale }) else {
      return { $0 * (1 - $2) + $1 * $2 }
    }
    let (slope, intercept) = (Float(scale.slope), Float(scale.intercept))
    return { low, high, share in
      let (low, high) = (
        ((low - intercept) / slope).rounded(), ((high - intercept) / slope).rounded()
      )
      let stored = rounding(low * (1 - share) + high * share)
      return Float(Double(stored) * scale.slope + scale.intercept)
    }
  }

  /// Slices at even distances, each the mean of its neighbours by its distance from them (`nii_saveNII3Deq`).
  private func even(
    _ volume: Tensor, _ heights: [Float], _ mean: (Float, Float, Float) -> Float
  ) -> Tensor {
    let (step, count) = (evenDistance ?? 1, depth)
    let plane = volume.shape[1] * volume.shape[2]
    let result = Tensor([count, volume.shape[1], volume.shape[2]])
    for index in 0..<count {
      let height = heights[0] + Float(index) * step
      // A slice of the scanner, but for rounding of its height.
      let above = heights.firstIndex { $0 >= height - 1e-3 } ?? heights.count - 1
      let below = max(0, above - 1)
      let whole = heights[above] - heights[below]
      let isScanners = abs(heights[above] - height) <= 1e-3 || whole <= 0
      let share = isScanners ? 1 : (height - heights[below]) / whole
      volume.withSpan { source in
        result.withMutableSpan { target in
          for pixel in 0..<plane {
            let (low, high) = (source[below * plane + pixel], source[above * plane + pixel])
            target[index * plane + pixel] = isScanners ? high : mean(low, high, share)
          }
        }
      }
    }
    return result
  }

  /// Slices shifted along their columns until they stand upon each other (`nii_saveNII3Dtilt`); what no slice covers is
  /// the smallest number there is.
  private func upright(_ volume: Tensor, reversesRows: Bool) -> Tensor {
    guard let lean else { return volume }
    let (height, width, count) = (volume.shape[1], volume.shape[2], rows)
    let mean = mean(reversesRows) { $0.rounded() }
    let step = Float(slices[1].height - slices[0].height)
    let result = Tensor([slices.count, count, width])
    volume.withSpan { source in
      var lowest = Float.infinity
      for index in source.indices { lowest = min(lowest, source[index]) }
      result.withMutableSpan { target in
        for slice in slices.indices {
          let offset = -lean.pixels * (Float(slice) * step - lean.start)
          let share = offset.rounded(.up) - offset
          for row in 0..<count {
            // Both counted from the bottom.
            let place = Float(row) - offset
            let start = (slice * count + (reversesRows ? row : count - 1 - row)) * width
            guard place >= 0, place < Float(height) else {
              for column in 0..<width { target[start + column] = lowest }
              continue
            }
            let low = Int(place.rounded(.down))
            let high = min(low + 1, height - 1)
            func line(_ row: Int) -> Int {
              (slice * height + (reversesRows ? row : height - 1 - row)) * width
            }
            let (first, second) = (line(low), line(high))
            for column in 0..<width {
              target[start + column] = mean(source[first + column], source[second + column], share)
            }
          }
        }
      }
    }
    return result
  }
}
