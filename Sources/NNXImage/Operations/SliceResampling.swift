import NNXTensor

/// Resamples the slices across one axis of a volume, each in its own plane.
struct SliceResampling {
  /// One axis before and after.
  private struct Axis {
    let inputCount: Int
    let outputCount: Int
    let inputStride: Int
    let outputStride: Int
    var isSame: Bool { inputCount == outputCount }
  }

  /// Memory of one thread.
  final class Scratch {
    fileprivate let work: Buffer<Double>
    fileprivate let between: Buffer<Double>

    fileprivate init(work: Int, between: Int) {
      self.work = Buffer(work)
      self.between = Buffer(between)
    }
  }

  /// Number of slices before.
  let count: Int
  /// Distance of neighbouring slices in the arrays.
  let inputStride: Int
  let outputStride: Int
  private let rows: Axis
  private let columns: Axis
  private let rowPass: AxisPass
  private let columnPass: AxisPass

  /// - Parameters:
  ///   - input: shape of the volume before, `(z, y, x)`.
  ///   - output: after.
  ///   - axis: the slices' normal.
  init(
    _ input: [Int], _ output: [Int], across axis: Int, _ interpolation: Interpolation,
    _ kernels: Kernels
  ) {
    func describe(_ axis: Int) -> Axis {
      Axis(
        inputCount: input[axis], outputCount: output[axis],
        inputStride: input[(axis + 1)...].reduce(1, *),
        outputStride: output[(axis + 1)...].reduce(1, *))
    }
    func pass(_ axis: Axis) -> AxisPass {
      AxisPass(AxisSamples(from: axis.inputCount, to: axis.outputCount, interpolation), kernels)
    }
    let normal = describe(axis)
    count = normal.inputCount
    inputStride = normal.inputStride
    outputStride = normal.outputStride
    let plane = [0, 1, 2].filter { $0 != axis }.map(describe)
    (rows, columns) = (plane[0], plane[1])
    rowPass = pass(rows)
    columnPass = pass(columns)
  }

  /// Whether slices have the same shape after.
  var isIdentity: Bool { rows.isSame && columns.isSame }
  /// Elements of a slice after.
  var outputCount: Int { rows.outputCount * columns.outputCount }
  /// Elements of a row of a slice after.
  var outputRowLength: Int { columns.outputCount }
  /// Distance of neighbouring rows, and of neighbours in a row, in the volume after.
  var outputRowStride: Int { rows.outputStride }
  var outputColumnStride: Int { columns.outputStride }

  func makeScratch() -> Scratch {
    Scratch(
      work: max(rowPass.workCount, columnPass.workCount),
      between: rows.outputCount * columns.inputCount)
  }

  /// Resamples one slice.
  ///
  /// - Parameters:
  ///   - slice: its first element before.
  ///   - target: the place of its first element after.
  ///   - rowStride: distance of rows at the target.
  ///   - columnStride: distance of neighbours in a row at the target.
  ///   - range: what results are kept within.
  func run<Output: ResampledElement>(
    _ slice: UnsafeMutablePointer<Float>, to target: UnsafeMutablePointer<Output>, rowStride: Int,
    columnStride: Int, within range: ClosedRange<Double>, _ scratch: Scratch
  ) {
    let work = unsafe scratch.work.base
    // The axis of the rows: one column for each place in a row. Then the axis of the columns.
    let input = unsafe Columns(
      slice, axisStride: rows.inputStride, columnStride: columns.inputStride)
    let output = unsafe Columns(target, axisStride: rowStride, columnStride: columnStride)
    if columns.isSame {
      unsafe rowPass.run(input, to: output, 0..<columns.inputCount, work, within: range)
      return
    }
    let outputAcross = unsafe Columns(target, axisStride: columnStride, columnStride: rowStride)
    if rows.isSame {
      let inputAcross = unsafe Columns(
        slice, axisStride: columns.inputStride, columnStride: rows.inputStride)
      unsafe columnPass.run(inputAcross, to: outputAcross, 0..<rows.inputCount, work, within: range)
      return
    }
    let between = unsafe Columns(
      scratch.between.base, axisStride: columns.inputCount, columnStride: 1)
    let betweenAcross = unsafe Columns(
      scratch.between.base, axisStride: 1, columnStride: columns.inputCount)
    unsafe rowPass.run(input, to: between, 0..<columns.inputCount, work)
    unsafe columnPass.run(
      betweenAcross, to: outputAcross, 0..<rows.outputCount, work, within: range)
  }

  /// The smallest and largest value of a slice.
  func range(_ slice: UnsafePointer<Float>) -> ClosedRange<Double> {
    var low = unsafe slice[0]
    var high = low
    for row in 0..<rows.inputCount {
      for column in 0..<columns.inputCount {
        let value = unsafe slice[row * rows.inputStride + column * columns.inputStride]
        low = value < low ? value : low
        high = value > high ? value : high
      }
    }
    return low <= high ? Double(low)...Double(high) : AxisPass.everything
  }

  /// Copies a slice from one place of the volume after to another.
  func copy(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>) {
    for row in 0..<rows.outputCount {
      let start = row * rows.outputStride
      for column in 0..<columns.outputCount {
        let index = start + column * columns.outputStride
        unsafe target[index] = source[index]
      }
    }
  }
}
