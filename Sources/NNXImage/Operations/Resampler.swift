import NNXSystem
import NNXTensor

/// Brings volumes to another grid as nnU-Net does by default (`resample_data_or_seg_to_shape`).
///
/// Computed in double and rounded to float32 once, with the result kept within the range of the input:
/// what scikit-image gives, up to the last digit of a double.
package struct Resampler: Sendable {
  let kernels: Kernels
  let threads: Threads

  /// - Throws: `usage` when `NNX_KERNELS` names kernels that this processor cannot run.
  package init(threads: Threads = .all) throws(NNXError) {
    self.init(kernels: try Kernels.chosen(), threads: threads)
  }

  package init(kernels: Kernels, threads: Threads) {
    self.kernels = kernels
    self.threads = threads
  }

  /// Resamples one channel.
  ///
  /// - Parameters:
  ///   - input: `(z, y, x)`.
  ///   - shape: of the result, `(z, y, x)`; no extent is 0.
  ///   - interpolation: `order`: for all axes, or for the two in the plane of a slice.
  ///   - axis: resampled by itself, after each slice across it; see `separateAxis`.
  ///   - along: `order_z`: for that axis.
  /// - Returns: the input itself when it has that shape.
  package func resample(
    _ input: Tensor, to shape: [Int], _ interpolation: Interpolation, separateAxis axis: Int? = nil,
    along: Interpolation = .nearest
  ) -> Tensor {
    precondition(input.shape.count == 3 && shape.count == 3, "no volumes")
    if input.shape == shape { return input }
    let output = Tensor(shape)
    let slices = SliceResampling(input.shape, shape, across: axis ?? 0, interpolation, kernels)
    if axis != nil, along == .nearest {
      nearestSlices(input, output, slices, axis: axis ?? 0)
    } else {
      allAxes(
        input, output, slices, axis: axis ?? 0, along: axis == nil ? interpolation : along,
        isSeparate: axis != nil)
    }
    return output
  }

  /// Every slice in its plane, kept within its own range; then for each place along the axis the
  /// nearest slice.
  private func nearestSlices(
    _ input: Tensor, _ output: Tensor, _ slices: SliceResampling, axis: Int
  ) {
    let nearest = AxisSamples(from: input.shape[axis], to: output.shape[axis], .nearest).rows
    var targets = [[Int]](repeating: [], count: slices.count)
    for (target, slice) in nearest.enumerated() { targets[Int(slice)].append(target) }
    forEachSlice(slices) { slice, scratch in
      guard let first = targets[slice].first else { return }
      let source = unsafe input.base + slice * slices.inputStride
      let target = unsafe output.base + first * slices.outputStride
      unsafe slices.run(
        source, to: target, rowStride: slices.outputRowStride,
        columnStride: slices.outputColumnStride, within: slices.range(source), scratch)
      for other in targets[slice].dropFirst() {
        unsafe slices.copy(target, to: output.base + other * slices.outputStride)
      }
    }
  }

  /// Every slice in its plane, then all columns across the slices; in double between the two, and kept
  /// within the range of the whole input at the end. With an axis of its own interpolation, each slice
  /// is kept within its own range, and the columns within none.
  private func allAxes(
    _ input: Tensor, _ output: Tensor, _ slices: SliceResampling, axis: Int, along: Interpolation,
    isSeparate: Bool
  ) {
    let whole = isSeparate ? AxisPass.everything : valueRange(input)
    if input.shape[axis] == output.shape[axis] {
      forEachSlice(slices) { slice, scratch in
        let source = unsafe input.base + slice * slices.inputStride
        unsafe slices.run(
          source, to: output.base + slice * slices.outputStride,
          rowStride: slices.outputRowStride, columnStride: slices.outputColumnStride,
          within: isSeparate ? slices.range(source) : whole, scratch)
      }
      return
    }
    let pass = AxisPass(
      AxisSamples(from: input.shape[axis], to: output.shape[axis], along), kernels)
    if slices.isIdentity && axis == 0 {
      let size = slices.outputCount
      unsafe forEachBlock(of: 1, size, pass) { _, columns, work in
        unsafe pass.run(
          Columns(input.base, axisStride: size, columnStride: 1),
          to: Columns(output.base, axisStride: size, columnStride: 1), columns, work, within: whole)
      }
      return
    }
    let size = slices.outputCount
    let between = Buffer<Double>(slices.count * size)
    forEachSlice(slices) { slice, scratch in
      let source = unsafe input.base + slice * slices.inputStride
      unsafe slices.run(
        source, to: between.base + slice * size, rowStride: slices.outputRowLength, columnStride: 1,
        within: isSeparate ? slices.range(source) : AxisPass.everything, scratch)
    }
    // Slices that lie whole in the output are one long row.
    let isWhole = axis == 0
    let length = isWhole ? size : slices.outputRowLength
    unsafe forEachBlock(of: size / length, length, pass) { row, columns, work in
      unsafe pass.run(
        Columns(between.base + row * length, axisStride: size, columnStride: 1),
        to: Columns(
          output.base + row * slices.outputRowStride, axisStride: slices.outputStride,
          columnStride: slices.outputColumnStride), columns, work, within: whole)
    }
  }

  private func forEachSlice(
    _ slices: SliceResampling, _ body: (Int, SliceResampling.Scratch) -> Void
  ) {
    let scratch = (0..<threads.count).map { _ in slices.makeScratch() }
    threads.forEach(slices.count) { slice, worker in body(slice, scratch[worker]) }
  }

  /// Cuts rows of columns into blocks for all threads.
  private func forEachBlock(
    of rows: Int, _ length: Int, _ pass: AxisPass,
    _ body: (_ row: Int, _ columns: Range<Int>, _ work: UnsafeMutablePointer<Double>) -> Void
  ) {
    let width = 4 * AxisPass.largestWidth
    let perRow = (length + width - 1) / width
    let work = (0..<threads.count).map { _ in Buffer<Double>(pass.workCount) }
    threads.forEach(rows * perRow) { block, worker in
      let start = block % perRow * width
      unsafe body(block / perRow, start..<min(start + width, length), work[worker].base)
    }
  }

  private func valueRange(_ tensor: Tensor) -> ClosedRange<Double> {
    let length = 1 << 16
    let blocks = (tensor.count + length - 1) / length
    let lows = Buffer<Float>(blocks)
    let highs = Buffer<Float>(blocks)
    threads.forEach(blocks) { block, _ in
      let start = block * length
      var low = Float.infinity
      var high = -Float.infinity
      for index in start..<min(start + length, tensor.count) {
        let value = unsafe tensor.base[index]
        low = value < low ? value : low
        high = value > high ? value : high
      }
      unsafe lows.base[block] = low
      unsafe highs.base[block] = high
    }
    let low = (0..<blocks).map { unsafe lows.base[$0] }.min() ?? 0
    let high = (0..<blocks).map { unsafe highs.base[$0] }.max() ?? 0
    return Double(low)...Double(max(low, high))
  }
}
