import NNXImage
import NNXSystem
import NNXTensor

/// How intensities become grey levels.
package struct GreyWindow: Equatable, Sendable {
  package var width: Double
  package var level: Double

  package init(width: Double, level: Double) {
    self.width = width
    self.level = level
  }

  /// Soft tissue for what looks like CT: air below -500 and tissue above 0, in Hounsfield units. Else
  /// from the first to the 99th percentile of the voxels that are not 0.
  package init(for image: Image) {
    let sample = GreyWindow.sample(image)
    let sorted = sample.sorted()
    guard let smallest = sorted.first, let largest = sorted.last else {
      self.init(width: 1, level: 0.5)
      return
    }
    if smallest <= -500, smallest >= -10000, largest >= 0 {
      self = .softTissue
      return
    }
    let (low, high) = (percentile(0.01, of: sorted), percentile(0.99, of: sorted))
    self.init(width: max(high - low, .leastNormalMagnitude), level: (low + high) / 2)
  }

  /// For soft tissue on CT, in Hounsfield units.
  static let softTissue = GreyWindow(width: 400, level: 40)
  /// For what is left of CT in a maximum projection, where every line meets bone or contrast.
  static let bone = GreyWindow(width: 1200, level: 500)

  /// Bone for what looks like CT; else from the first to the 99.8th percentile of the projections.
  ///
  /// - Parameters:
  ///   - projections: maximum projections of the image.
  init(forProjections projections: [Image], of image: Image) {
    guard GreyWindow(for: image) != .softTissue else {
      self = .bone
      return
    }
    let sorted = projections.flatMap { GreyWindow.sample($0) }.sorted()
    guard !sorted.isEmpty else {
      self.init(width: 1, level: 0.5)
      return
    }
    let (low, high) = (percentile(0.01, of: sorted), percentile(0.998, of: sorted))
    self.init(width: max(high - low, .leastNormalMagnitude), level: (low + high) / 2)
  }

  /// For people.
  var text: String { "window \(width.wholeText), level \(level.wholeText)" }

  /// About a million voxels that are not 0, evenly spread.
  private static func sample(_ image: Image) -> [Float] {
    let step = max(1, image.voxels.count / 1_000_000)
    return image.voxels.withSpan { span in
      stride(from: 0, to: span.count, by: step).map { span[$0] }.filter { $0 != 0 && $0.isFinite }
    }
  }

  /// 0...255.
  func grey(_ intensity: Float) -> Int {
    let share = (Double(intensity) - level) / width + 0.5
    return share.isNaN ? 0 : Int((255 * min(max(share, 0), 1)).rounded())
  }
}
