internal import CKernels
internal import NNXSystem
package import NNXTensor

/// How fast this machine multiplies when memory is no concern: the ceiling for every convolution.
package enum KernelPeak {
  /// Floating-point operations per second of the matrix product of the kernels, on operands that stay in
  /// the first cache, all threads together.
  ///
  /// - Parameter seconds: how long to measure.
  package static func measure(
    _ kernels: Kernels, threads: Threads, seconds: Double = 0.2
  ) -> Double {
    let columns = unsafe Int(kernels.table.columns)
    let width = unsafe Int(kernels.table.group) * kernels.lanes
    let segments = max(1, 4096 / (kernels.lanes * width))
    let operands = (0..<threads.count).map { _ in
      (
        left: Buffer<Float>(segments * columns * kernels.lanes),
        right: Buffer<Float>(segments * kernels.lanes * width),
        product: Buffer<Float>(columns * width)
      )
    }
    func run(_ times: Int) {
      threads.forEach(threads.count) { index, _ in
        let (left, right, product) = operands[index]
        for _ in 0..<times {
          unsafe kernels.table.multiply(
            left.base, columns * kernels.lanes, Int32(segments), right.base, product.base,
            columns * kernels.lanes, kernels.table.group, Int32(columns), 0, nil)
        }
      }
    }
    let onePass = 2.0 * Double(columns * segments * kernels.lanes * width * threads.count)
    let batch = 2000
    run(batch)
    // Of a processor, as if each thread had one of its own: what else the machine does counts for nothing, nor that
    // threads share a processor for their first moments.
    var times: [Double] = []
    while times.isEmpty || times.reduce(0, +) < seconds {
      times.append(Cost.of { run(batch) }.processor / Double(threads.count))
    }
    return onePass * Double(batch) / times.median
  }
}
