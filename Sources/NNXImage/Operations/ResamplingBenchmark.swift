import NNXSystem
import NNXTensor

/// What resampling costs on this machine: a CT to a network's grid as nnU-Net and as TotalSegmentator do it, and
/// scores back.
package struct ResamplingBenchmark: Sendable {
  /// Extents of the image and of the network's volume, `(z, y, x)`: 0.8 × 0.8 × 1.5 mm and 1.5 mm.
  package static let image = [200, 512, 512]
  package static let volume = [200, 273, 273]
  /// Classes whose scores are brought back.
  package static let classes = 3
  /// Extents of the grid that TotalSegmentator brings the image to: 1 mm planes become 1.5 mm.
  package static let zoomed = [133, 273, 273]

  /// Seconds of the cubic spline from the image to the volume.
  package let cubic: Double
  /// Seconds of linear interpolation of all classes from the volume to the image, plane by plane.
  package let linear: Double
  /// Seconds of `scipy.ndimage.zoom` of order 1 from the image to `zoomed`, fractions cut off.
  package let zoom: Double
  /// SHA-256 of what that gives: the bytes of its voxels in float32, `(z, y, x)`.
  package let zoomDigest: String

  /// - Parameter repeats: the median of so many is taken.
  /// - Throws: `usage` when `NNX_KERNELS` names kernels that this processor cannot run.
  package init(threads: Threads, repeats: Int) throws(NNXError) {
    let resampler = try Resampler(threads: threads)
    let image = Tensor(noise: Self.image, upTo: 700, around: -300)
    cubic = Self.median(repeats) { _ = resampler.resample(image, to: Self.volume, .cubic) }
    var zoomed = Tensor([0])
    zoom = Self.median(repeats) {
      zoomed = Zoom(ZoomSource(image), to: Self.zoomed, order: 1, .nearest, threads: threads)
        .integers()
    }
    let digest = Digest(.sha256)
    zoomed.withSpan { $0.withRawSpan { digest.update($0) } }
    zoomDigest = digest.finish()
    let back = try LinearResampler(from: Self.volume, to: Self.image)
    let scores = Tensor(noise: Self.volume)
    let plane = Self.image[1] * Self.image[2]
    let workers = (0..<threads.count).map { _ in
      (plane: Tensor([plane]), scratch: Tensor([back.scratchCount]))
    }
    linear = Self.median(repeats) {
      threads.forEach(Self.image[0]) { z, worker in
        for _ in 0..<Self.classes {
          back.plane(z, of: scores, into: workers[worker].plane, workers[worker].scratch)
        }
      }
    }
  }

  private static func median(_ repeats: Int, _ body: () -> Void) -> Double {
    (0..<repeats).map { _ in
      let start = ProcessFacts.monotonicSeconds
      body()
      return ProcessFacts.monotonicSeconds - start
    }.median
  }
}
