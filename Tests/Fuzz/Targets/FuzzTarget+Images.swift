import NNXDICOM
import NNXImage
import NNXReport
import NNXSystem
import NNXTensor

extension FuzzTarget {
  static let images: [FuzzTarget] = [
    image("nifti", "a.nii", readers: [nil, .nibabel, .nibabelTurning]),
    image("gzip", "a.nii.gz"),
    FuzzTarget("nifti-extension", readExtension),
    image("nrrd", "a.nrrd", readers: [nil, .simpleITKTurning]),
    image("nhdr", "a.nhdr"),
    image("mha", "a.mha"),
    image("mhd", "a.mhd"),
    image("gipl", "a.gipl"),
    image("png", "a.png", readers: [nil, .naturalImage]),
    image("bmp", "a.bmp", readers: [nil, .naturalImage]),
    image("tiff", "a.tif", readers: [nil, .naturalImage, .tiffVolume]),
    FuzzTarget("tiff-spacing", longest: 512, readSpacing),
    FuzzTarget("dicom", longest: 16384, readSlice),
    FuzzTarget("seg", longest: 16384, readSegments),
  ]

  /// The voxels of headers whose data lie in a file of their own, and pages without their spacing.
  private static let folder: FuzzFolder = {
    let folder = FuzzFolder("images")
    folder.write("data.raw", [UInt8](repeating: 1, count: 120))
    folder.write("slice1.raw", [UInt8](repeating: 1, count: 20))
    folder.write("slice2.raw", [UInt8](repeating: 2, count: 20))
    folder.write("case_0000.tif", seed("tiff/pages.tif"))
    return folder
  }()

  private static func image(
    _ name: String, _ file: String, readers: [ImageReader?] = [nil]
  ) -> FuzzTarget {
    FuzzTarget(name, longest: 8192) { bytes in
      let path = folder.write(file, bytes)
      let (way, rest) = choice(bytes, of: readers.count + 1)
      if way < readers.count {
        let images = accepted { () throws(NNXError) in try readImages(path, as: readers[way]) }
        for image in images ?? [] { checkSense(image.geometry, path) }
        return images != nil
      }
      let map = accepted { () throws(NNXError) in try readSegmentation(path) }
      // A quarter of them: writing takes long.
      if let map, map.geometry.count < 1 << 16, rest % 16 < 4 {
        checkRoundTrip(map, ["b.nii", "b.nrrd", "b.mha", "b" + file.dropFirst()][rest % 4])
      }
      return map != nil
    }
  }

  /// What nnx counts on after any reader.
  private static func checkSense(_ geometry: Geometry, _ path: String) {
    demand(geometry.shape.count == 3 && geometry.shape.allSatisfy { $0 > 0 }, path)
    demand(geometry.spacing.allSatisfy { $0.isFinite && $0 > 0 }, "\(path): spacing")
    demand(geometry.origin.allSatisfy(\.isFinite), "\(path): origin")
    demand(geometry.direction.allSatisfy(\.isFinite), "\(path): direction")
  }

  /// What nnx writes, nnx reads, with the same labels.
  private static func checkRoundTrip(_ map: Segmentation, _ name: String) {
    let path = folder.file(name)
    do throws(NNXError) {
      try writeSegmentation(map, to: path, threads: Threads(1))
    } catch {
      demand(error.code == .unsupportedImage, "\(name): \(error.message)")
      return
    }
    do throws(NNXError) {
      let again = try readSegmentation(path)
      demand(again.labels.shape == map.labels.shape, "\(name): shape")
      for index in 0..<map.geometry.count {
        demand(again.labels[index] == map.labels[index], "\(name): label at \(index)")
      }
    } catch { fatalError("nnx cannot read what it wrote: \(error.message)") }
  }

  private static let plain = seed("nifti/int16.nii")

  /// The bytes as the content of a NIfTI file's extensions, as they stand between header and voxels.
  private static func readExtension(_ bytes: [UInt8]) -> Bool {
    let content = bytes + [UInt8](repeating: 0, count: (16 - bytes.count % 16) % 16)
    var file = plain[..<348] + [1, 0, 0, 0] + content + plain[352...]
    let offset = Float(352 + content.count).bitPattern
    for byte in 0..<4 { file[108 + byte] = UInt8(truncatingIfNeeded: offset >> (8 * UInt32(byte))) }
    let path = folder.write("extended.nii", Array(file))
    let formats = LabelFormat.allCases
    let (way, rest) = choice(bytes, of: formats.count + 1)
    if way < formats.count {
      guard let image = accepted({ () throws(NNXError) in try readImage(path) }) else {
        return false
      }
      _ = image.table.text(formats[way])
      return !image.table.isEmpty
    }
    let map = accepted { () throws(NNXError) in try readSegmentation(path) }
    if let map, rest % 4 == 0 { checkRoundTrip(map, "b.nii") }
    return map?.table.isEmpty == false
  }

  /// The slice below it is whole.
  private static let series: FuzzFolder = {
    let folder = FuzzFolder("series")
    folder.write("whole", seed("dicom/slice"))
    return folder
  }()

  private static func readSlice(_ bytes: [UInt8]) -> Bool {
    let readings = [SeriesReading(.dicom), SeriesReading(.dcm2niix, allowed: [.uneven, .tilt])]
    let way = choice(bytes, of: readings.count + 1).0
    if way < readings.count {
      series.write("damaged", bytes)
      let image = accepted { () throws(NNXError) in
        try readImage(series.path, series: readings[way])
      }
      if let image { checkSense(image.geometry, series.path) }
      return image != nil
    }
    // What the file says of itself, whatever lies beside it.
    var isRead = false
    let alone = folder.write("alone.dcm", bytes)
    if let scan = accepted({ () throws(NNXError) in try DICOMScan(alone) }) {
      for one in scan.series {
        for volume in one.volumes {
          let stack = accepted { () throws(NNXError) in try SliceStack(volume, path: alone) }
          isRead = isRead || stack != nil
        }
      }
    }
    return isRead
  }

  private static func readSegments(_ bytes: [UInt8]) -> Bool {
    let path = folder.write("a.dcm", bytes)
    _ = SEGFile.isOne(path)
    guard let file = accepted({ () throws(NNXError) in try SEGFile(path) }) else { return false }
    _ = (file.table.json, file.algorithm)
    let first = Set(file.segments.prefix(1).map(\.number))
    let (way, rest) = choice(bytes, of: 2)
    let map = accepted { () throws(NNXError) in
      try file.segmentation(segments: way == 0 ? nil : first, threshold: 0.5)
    }
    if let map {
      checkSense(map.geometry, path)
      if map.geometry.count < 1 << 16, rest % 4 == 0 { checkRoundTrip(map, "b.mha") }
    }
    return true
  }

  private static func readSpacing(_ bytes: [UInt8]) -> Bool {
    folder.write("case.json", bytes)
    return accepted { () throws(NNXError) in
      try readGeometry(folder.file("case_0000.tif"), as: .tiffVolume)
    } != nil
  }
}
