import NNXImage
import NNXModel
import NNXSystem
import NNXTensor

/// The mean of several models' probabilities, and the labels that it gives.
///
/// `average_probabilities` and `merge_files` of nnunetv2/ensembling/ensemble.py, since 2.7.
enum Ensemble {
  /// Checks that models may be averaged: the same channels of images in, the same labels out.
  ///
  /// - Throws: `different-labels`.
  static func check(_ models: [ModelDescription]) throws(NNXError) {
    for other in models.dropFirst() {
      let first = models[0]
      guard other.labels.heads == first.labels.heads,
        other.labels.regionsClassOrder == first.labels.regionsClassOrder,
        other.labels.written.map(\.value) == first.labels.written.map(\.value),
        LabelTable(other.labels).contradiction(LabelTable(first.labels)) == nil,
        other.channels.count == first.channels.count
      else {
        throw NNXError(
          .differentLabels, "models of different labels or images cannot be averaged",
          details: [first, other].map { model in
            "\(model.dataset), \(model.configuration): \(model.channels.count) images, labels "
              + model.labels.written.map { "\($0.value) \($0.name)" }.joined(separator: ", ")
          }, fixes: ["Predict with each of them by itself"])
      }
    }
  }

  /// Turns a sum of probabilities into their mean, in place.
  static func divide(_ sum: Tensor, by count: Int, threads: Threads) {
    let (block, divisor) = (1 << 18, Float(count))
    threads.forEach((sum.count + block - 1) / block) { index, _ in
      sum.withMutableSpan { values in
        for place in index * block..<min(values.count, (index + 1) * block) {
          values[place] /= divisor
        }
      }
    }
  }
}

extension LabelMap {
  /// The labels that probabilities give: the first of the highest, or with regions each above one half
  /// in class order.
  ///
  /// - Parameters:
  ///   - probabilities: `(classes, z, y, x)`.
  ///   - order: the value of each region; `nil` for exclusive labels.
  convenience init(probabilities: Tensor, regionsClassOrder order: [Int]?, threads: Threads) {
    let shape = Array(probabilities.shape.dropFirst())
    self.init(shape, largestLabel: order?.max() ?? probabilities.shape[0] - 1)
    let decision = Decision(regionsClassOrder: order)
    let (size, voxels) = (shape[1] * shape[2], shape.reduce(1, *))
    threads.forEach(shape[0]) { plane, _ in
      var state = decision.start(count: size)
      probabilities.withSpan { values in
        for channel in 0..<probabilities.shape[0] {
          let start = channel * voxels + plane * size
          decision.take(
            values.extracting(start..<start + size), channel: channel, into: &state)
        }
      }
      store(state.labels.span, at: plane * size)
    }
  }
}

extension NNXError.Code {
  static let differentLabels = NNXError.Code("different-labels", .data)
}
