/// The header an image came with, from which a segmentation takes its place in the patient.
package enum ImageHeader: Equatable, Sendable {
  case nifti(NIfTIHeader)
  case nrrd(NRRDHeader)
  case meta(MetaHeader)
  case gipl(GIPLHeader)
  /// An image without a place in the patient.
  ///
  /// - Parameter axes: 2 for a picture, 3 for a stack of pages (TIFF).
  case picture(axes: Int)

  /// Number of axes of the file: 2 or 3.
  package var axes: Int {
    switch self {
    case .nifti(let header): min(max(header.dim[0], 2), 3)
    case .nrrd(let header): header.axes
    case .meta(let header): header.axes
    case .gipl: 3
    case .picture(let axes): axes
    }
  }

  package var nifti: NIfTIHeader? { if case .nifti(let header) = self { header } else { nil } }
  package var nrrd: NRRDHeader? { if case .nrrd(let header) = self { header } else { nil } }
  package var meta: MetaHeader? { if case .meta(let header) = self { header } else { nil } }
  package var gipl: GIPLHeader? { if case .gipl(let header) = self { header } else { nil } }

  /// Whether the image lies somewhere in a patient, which a picture cannot say.
  package var hasPlace: Bool {
    if case .picture = self { false } else { true }
  }
}

extension Geometry {
  /// The geometry of a file with two or three axes, as nnU-Net takes it: a file with two axes is one
  /// slice, 999 times as thick as the larger of its spacings (SimpleITKIO.read_images of
  /// nnunetv2/imageio/simpleitk_reader_writer.py).
  ///
  /// - Parameters:
  ///   - extents: along the file's axes, x first.
  ///   - spacing: along the file's axes, in mm.
  ///   - origin: LPS, in mm, one number per axis.
  ///   - direction: columns along the file's axes; row by row, as many rows as axes.
  init(extents: [Int], spacing: [Double], origin: [Double], direction: [[Double]]) {
    let isFlat = extents.count == 2
    let slice = 999 * (spacing.max() ?? 1)
    self.init(
      shape: (isFlat ? extents + [1] : extents).reversed(),
      spacing: (isFlat ? spacing + [slice] : spacing).reversed(),
      origin: isFlat ? origin + [0] : origin,
      direction: isFlat
        ? direction[0] + [0] + direction[1] + [0, 0, 0, 1] : Array(direction.joined()))
  }
}

extension Geometry {
  /// As many axes as a header needs that tells of this grid: three for a slice of a file of two whose plane the
  /// patient's first two axes do not span, a sagittal or coronal one.
  func axesNeeded(of axes: Int) -> Int {
    let d = direction
    return axes == 2 && abs(d[0] * d[4] - d[1] * d[3]) <= leastDeterminant ? 3 : axes
  }
}

/// Of directions, below which they span nothing.
private let leastDeterminant = 1e-3

/// Whether three axes, given as columns of a matrix row by row, span space.
func spansSpace(_ direction: [Double]) -> Bool {
  let d = direction
  let determinant =
    d[0] * (d[4] * d[8] - d[5] * d[7]) - d[1] * (d[3] * d[8] - d[5] * d[6])
    + d[2] * (d[3] * d[7] - d[4] * d[6])
  return determinant.isFinite && abs(determinant) > leastDeterminant
}
