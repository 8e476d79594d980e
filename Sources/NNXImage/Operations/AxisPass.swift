import CKernels
import NNXTensor

/// Where columns lie in an array: element `i` of column `c` at `base[i * axisStride + c * columnStride]`.
@unsafe struct Columns<Element> {
  var base: UnsafeMutablePointer<Element>
  let axisStride: Int
  let columnStride: Int

  init(_ base: UnsafeMutablePointer<Element>, axisStride: Int, columnStride: Int) {
    unsafe self.base = base
    unsafe self.axisStride = axisStride
    unsafe self.columnStride = columnStride
  }

  /// The same from a later column on.
  func from(_ column: Int) -> Columns {
    var columns = unsafe self
    unsafe columns.base += column * columnStride
    return unsafe columns
  }
}

/// Resamples one axis for a block of columns: load the columns, lay a spline through them if it is
/// cubic, store weighted sums.
struct AxisPass {
  /// Columns that are worked on side by side; the kernels' limit.
  static let largestWidth = 64
  /// A range that keeps every value.
  static let everything = -Double.infinity...Double.infinity

  let samples: AxisSamples
  let kernels: Kernels

  init(_ samples: AxisSamples, _ kernels: Kernels) {
    self.samples = samples
    self.kernels = kernels
  }

  /// Doubles that the work area must hold.
  var workCount: Int { samples.paddedCount * AxisPass.largestWidth }

  /// Resamples columns.
  ///
  /// - Parameters:
  ///   - columns: which of them.
  ///   - range: what results are kept within.
  func run<Input: ResampledElement, Output: ResampledElement>(
    _ input: Columns<Input>, to output: Columns<Output>, _ columns: Range<Int>,
    _ work: UnsafeMutablePointer<Double>, within range: ClosedRange<Double> = AxisPass.everything
  ) {
    unsafe samples.withKernelArgument { axis in
      for start in stride(
        from: columns.lowerBound, to: columns.upperBound, by: AxisPass.largestWidth)
      {
        let width = min(AxisPass.largestWidth, columns.upperBound - start)
        unsafe Input.load(input.from(start), axis, width, work, kernels)
        if samples.taps == 4 {
          unsafe kernels.table.spline_filter(work, samples.paddedCount, width)
        }
        unsafe Output.store(work, width, axis, range, output.from(start), kernels)
      }
    }
  }
}

/// A type of numbers that the kernels load and store.
protocol ResampledElement {
  static func load(
    _ columns: Columns<Self>, _ axis: UnsafePointer<nnx_resampling>, _ width: Int,
    _ work: UnsafeMutablePointer<Double>, _ kernels: Kernels)
  static func store(
    _ work: UnsafePointer<Double>, _ width: Int, _ axis: UnsafePointer<nnx_resampling>,
    _ range: ClosedRange<Double>, _ columns: Columns<Self>, _ kernels: Kernels)
}

extension Float: ResampledElement {
  static func load(
    _ columns: Columns<Float>, _ axis: UnsafePointer<nnx_resampling>, _ width: Int,
    _ work: UnsafeMutablePointer<Double>, _ kernels: Kernels
  ) {
    unsafe kernels.table.resample_load_float(
      work, columns.base, columns.axisStride, columns.columnStride, axis, width)
  }

  static func store(
    _ work: UnsafePointer<Double>, _ width: Int, _ axis: UnsafePointer<nnx_resampling>,
    _ range: ClosedRange<Double>, _ columns: Columns<Float>, _ kernels: Kernels
  ) {
    unsafe kernels.table.resample_store_float(
      columns.base, columns.axisStride, columns.columnStride, work, axis, width,
      range.lowerBound, range.upperBound)
  }
}

extension Double: ResampledElement {
  static func load(
    _ columns: Columns<Double>, _ axis: UnsafePointer<nnx_resampling>, _ width: Int,
    _ work: UnsafeMutablePointer<Double>, _ kernels: Kernels
  ) {
    unsafe kernels.table.resample_load_double(
      work, columns.base, columns.axisStride, columns.columnStride, axis, width)
  }

  static func store(
    _ work: UnsafePointer<Double>, _ width: Int, _ axis: UnsafePointer<nnx_resampling>,
    _ range: ClosedRange<Double>, _ columns: Columns<Double>, _ kernels: Kernels
  ) {
    unsafe kernels.table.resample_store_double(
      columns.base, columns.axisStride, columns.columnStride, work, axis, width,
      range.lowerBound, range.upperBound)
  }
}
