import NNXSystem
import NNXTensor

/// One channel of a case: intensities on a grid, and the header they came with.
package struct Image: Sendable {
  /// float32 intensities `(z, y, x)`: the numbers that SimpleITK and nnU-Net's cast to float32 give.
  package var voxels: Tensor
  /// The intensities in double, in the order of `voxels`, where float32 rounds them and they were asked for.
  var exact: Buffer<Double>?
  /// The grid of `voxels`.
  package var geometry: Geometry
  /// The header of the file, from which outputs take their place in the patient byte for byte.
  package var header: ImageHeader
  /// What is odd about the file and does not forbid its use, one line each; for people to read.
  package var remarks: [String]
  /// What the values of a label map stand for, if the file tells.
  package var table = LabelTable()
  /// The type of the intensities in the file, scaled ones as ITK has them, where it is one of NIfTI's.
  var storedType: VoxelType?
  /// How many stored values were no numbers and became 0 before they were scaled (`NonFinite.asTheReader`).
  package var zeroed = 0
  /// Between which all voxels lie and are whole numbers, where the file tells before they are read.
  var bounds: ClosedRange<Float>?
  /// The intensity of a stored 0.
  package var ofZero: Float = 0
  /// How the reader turned the voxels from the file's order; `nil`: not at all.
  package var turn: ImageTurn?
  /// The grid as the file has it.
  package var fileGeometry: Geometry { turn?.fileGeometry ?? geometry }

  package init(voxels: Tensor, geometry: Geometry, header: ImageHeader, remarks: [String] = []) {
    precondition(voxels.shape == geometry.shape)
    self.voxels = voxels
    self.geometry = geometry
    self.header = header
    self.remarks = remarks
  }
}

extension Image {
  /// How many voxels are no numbers or infinite, and where the first lies in the array.
  package var nonFinite: (count: Int, first: Int) {
    voxels.withSpan { span in
      var count = 0
      var first = -1
      for index in span.indices where !span[index].isFinite {
        if count == 0 { first = index }
        count += 1
      }
      return (count, first)
    }
  }

  /// Checks that all voxels are numbers.
  ///
  /// - Parameters:
  ///   - path: for the error.
  ///   - fixes: what else can be done.
  /// - Throws: `not-finite` with the number of others and the place of the first.
  package func checkFinite(path: String, orElse fixes: [String] = []) throws(NNXError) {
    let (count, first) = nonFinite
    guard count > 0 else { return }
    let (height, width) = (geometry.shape[1], geometry.shape[2])
    let place = [first % width, first / width % height, first / (width * height)]
    throw NNXError(
      .notFinite, "\(path) has voxels that are no numbers (NaN or infinite)",
      details: ["\(count) of \(voxels.count), the first at x y z = \(list(place))"],
      fixes: ["Replace them, for example by the value of air, and try again"] + fixes)
  }
}
