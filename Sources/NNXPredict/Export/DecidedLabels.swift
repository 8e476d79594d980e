import NNXImage
import NNXModel
import NNXSystem
import NNXTensor
import Synchronization

/// Labels on the image's whole grid, file order, as far as they are decided; background outside the cropped box.
///
/// The scores that they are decided on may still be added up elsewhere in the volume.
final class DecidedLabels {
  let map: LabelMap
  private let planes: ScorePlanes
  private let decision: Decision
  private let classes: Int
  private let placement: Placement
  /// Of the cropped grid, model order.
  private let shape: [Int]
  /// How many planes (of axis 0) or rows (of axis 1) of the image are decided.
  private var decided = 0

  init(_ export: LabelExport, _ planes: ScorePlanes) {
    let (model, properties) = (export.model, export.properties)
    // nnU-Net's rule, which takes no account of the values that regions are given.
    let largest = max(
      model.labels.foreground.count < 255 ? 254 : 65535, model.labels.regionsClassOrder?.max() ?? 0)
    map = LabelMap(properties.shape, largestLabel: largest)
    (self.planes, decision, classes) = (
      planes, export.decision, model.architecture.outputChannels
    )
    (placement, shape) = (Placement(properties), properties.croppedShape)
  }

  /// Decides on all that the planes of a band that are done tell.
  func take(_ band: ScoreBand, _ threads: Threads, _ progress: ProgressHandler = { _ in }) {
    let count = planes.count(along: band.axis, of: band.done)
    guard count > decided else { return }
    let new = decided..<count
    decided = count
    if band.axis == 0 {
      decide(new, from: band.start, threads, progress)
    } else {
      decide(0..<shape[0], new, from: band.start, threads, progress)
    }
  }

  /// - Parameters:
  ///   - zs: planes of the image.
  ///   - rows: of each; `nil`: all.
  ///   - held: the first plane and row of the scores that are held.
  func decide(
    _ zs: Range<Int>, _ rows: Range<Int>? = nil, from held: (z: Int, y: Int), _ threads: Threads,
    _ progress: ProgressHandler
  ) {
    let rows = rows ?? 0..<shape[1]
    let count = rows.count * shape[2]
    let done = Atomic(0)
    // Memory that is made anew for each plane would be cleared by the system each time.
    let own = (0..<threads.count).map { _ in
      (values: Tensor([count]), scratch: planes.makeScratch())
    }
    threads.forEach(zs.count) { number, worker in
      let plane = zs.lowerBound + number
      var state = decision.start(count: count)
      for channel in 0..<classes {
        planes.rows(
          rows, ofPlane: plane, channel: channel, from: held, into: own[worker].values,
          own[worker].scratch)
        decision.take(own[worker].values, channel: channel, into: &state)
      }
      placement.put(decision.labels(state), plane: plane, rows: rows, into: map)
      progress(
        ProgressEvent(
          .export, "to the image's grid", done.wrappingAdd(1, ordering: .relaxed).newValue,
          of: zs.count, .steps))
    }
  }
}
