import NNXImage
import NNXTensor

/// Where the voxels of the cropped, transposed grid lie in the image's array.
struct Placement {
  private let shape: [Int]
  private let rows: Int
  private let width: Int
  private let start: Int
  /// Distance in the image's array of neighbours along the model's axes.
  private let strides: [Int]

  init(_ properties: CaseProperties) {
    shape = properties.shape
    rows = properties.croppedShape[1]
    width = properties.croppedShape[2]
    let fileStrides = [shape[1] * shape[2], shape[2], 1]
    start = zip(properties.box.lower, fileStrides).reduce(0) { $0 + $1.0 * $1.1 }
    strides = properties.transposeForward.map { fileStrides[$0] }
  }

  /// Index in the image's array of a voxel of the cropped grid, model order.
  func index(plane: Int, row: Int, column: Int) -> Int {
    start + plane * strides[0] + row * strides[1] + column * strides[2]
  }

  /// Stores the values of one plane of the model's axis 0.
  ///
  /// - Parameters:
  ///   - start: where the plane begins in `values`.
  ///   - offset: where the image's array begins in `target`.
  ///   - adds: whether they are added to what is there.
  func put(
    _ values: Tensor, from start: Int, plane: Int, into target: Tensor, at offset: Int,
    adds: Bool = false
  ) {
    values.withSpan { source in
      target.withMutableSpan { target in
        for row in 0..<rows {
          let to = offset + index(plane: plane, row: row, column: 0)
          for column in 0..<width {
            let value = source[start + row * width + column]
            let index = to + column * strides[2]
            target[index] = adds ? target[index] + value : value
          }
        }
      }
    }
  }

  /// Stores the labels of some rows of one plane of the model's axis 0.
  func put(_ labels: [UInt16], plane: Int, rows: Range<Int>, into map: LabelMap) {
    let span = labels.span
    for row in rows {
      let first = index(plane: plane, row: row, column: 0)
      let own = (row - rows.lowerBound) * width..<(row - rows.lowerBound + 1) * width
      if strides[2] == 1 {
        map.store(span.extracting(own), at: first)
      } else {
        for column in own {
          map[first + (column - own.lowerBound) * strides[2]] = Int(span[column])
        }
      }
    }
  }
}
