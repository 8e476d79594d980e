import NNXDICOM
import NNXSystem
import NNXTensor

/// A series of DICOM as if it had been converted to a file before.
struct SeriesFile {
  let stack: SliceStack
  let geometry: Geometry
  let header: ImageHeader
  /// How the array is turned after its rows were reversed; `nil`: not at all.
  private let orientation: Orientation?
  private let reversesRows: Bool

  var remarks: [String] { stack.notes }
  /// As `SliceStack.bounds`.
  var bounds: ClosedRange<Float>? { stack.bounds(reversesRows: reversesRows) }

  /// - Parameters:
  ///   - path: as `SeriesAddress` has it.
  ///   - reader: whose rules for spacings and places count.
  /// - Throws: `which-series`, `slices`, `broken-dicom`, `broken-image`, `unsupported-dicom`; what reading throws.
  init(
    _ path: String, _ reader: ImageReader? = nil, _ options: SeriesReading
  ) throws(NNXError) {
    guard let address = SeriesAddress(path) else {
      throw NNXError(.fileNotFound, "there is no file \(path)")
    }
    let (_, volume) = try DICOMScan.of(address.path).volume(address)
    stack = try SliceStack(volume, path: path, allowed: options.allowed)
    let own = Geometry(itk: stack)
    // Each slice was looked at alone.
    try GridBounds.check(
      spacing: own.spacing, extents: own.shape, "distance of slices, and pixels", path: path)
    switch options.order {
    case .dicom:
      (orientation, reversesRows) = (nil, false)
      geometry = own
      header = .nifti(NIfTIHeader(geometry, axes: 3))
    case .dcm2niix:
      let grid = Dcm2niixGrid(stack)
      (orientation, reversesRows) = (grid.orientation, true)
      let nifti = NIfTIHeader(grid.geometry, axes: 3, rows: grid.rows)
      header = .nifti(nifti)
      geometry = try nifti.geometry(path: path, isNibabel: reader?.isNibabel ?? false).0
    }
  }

  /// The voxels as they are stored, not read before; `nil` where they are turned, made anew or have to be looked at.
  func stored(threads: Threads) -> StoredIntensities? {
    guard orientation == nil, let bounds else {
      return nil
    }
    return StoredIntensities(bounds: bounds, threads: threads) { (body) throws(NNXError) in
      try stack.forEachChunk(
        reversesRows: reversesRows, threads: threads, body)
    }
  }

  /// The voxels in the order asked for.
  ///
  /// - Throws: `broken-dicom`, what reading throws.
  func voxels(_ progress: ProgressHandler = { _ in }) throws(NNXError) -> Tensor {
    let volume = try stack.read(reversesRows: reversesRows)
    return orientation.map { volume.turned($0) } ?? volume
  }
}
