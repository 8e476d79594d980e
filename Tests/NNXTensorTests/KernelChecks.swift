import CKernels
import NNXTensor
import TestSupport
import Testing

/// For each kernel of the list: the kernel against a plain loop.
let kernelChecks: [String: @Sendable (Kernels) -> Void] = [
  "activate": checkActivate, "add": checkAdd, "average": checkAverage,
  "fill_padding": checkFillPadding, "gather": checkGather, "multiply": checkMultiply,
  "multiply_plain": checkMultiplyPlain, "scatter": checkScatter, "store_plain": checkStorePlain,
  "pack": checkPack, "winograd_planes": checkWinograd, "winograd_input": checkWinograd,
  "winograd_output": checkWinograd, "winograd_store": checkWinograd,
  "winograd_weights": checkWinograd,
  "resample_load_float": checkResampleLoad,
  "resample_load_double": checkResampleLoad, "resample_store_float": checkResampleStore,
  "resample_store_double": checkResampleStore, "spline_filter": checkSplineFilter,
  "blend_rows": checkBlendRows, "blend_along": checkBlendAlong,
]

/// Runs `body` on vector-aligned copies of arrays, and gives what they hold afterwards.
func withAligned(
  _ arrays: [[Float]], _ body: ([UnsafeMutablePointer<Float>]) -> Void
) -> [[Float]] {
  let buffers = arrays.map { Tensor([$0.count], $0) }
  body(buffers.map(\.base))
  return buffers.map(\.values)
}

func checkActivate(_ kernels: Kernels) {
  let lanes = kernels.lanes
  for n in [0, 1, 2, 7, 33] {
    let x = randomValues(n * lanes, seed: 1)
    let scale = randomValues(lanes, seed: 2)
    let shift = randomValues(lanes, seed: 3)
    let result = withAligned([x, scale, shift]) { buffers in
      kernels.table.activate(buffers[0], buffers[1], buffers[2], 0.01, n)
    }[0]
    for index in 0..<n * lanes {
      let value = x[index] * scale[index % lanes] + shift[index % lanes]
      #expect(abs(result[index] - (value > 0 ? value : 0.01 * value)) < 1e-6)
    }
  }
}
