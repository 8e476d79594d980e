import NNXSystem

/// A kind of image file, told by the ending of its name.
package enum ImageFormat: String, CaseIterable, Sendable {
  case nifti = "NIfTI"
  case nrrd = "NRRD"
  case meta = "MetaImage"
  case gipl = "GIPL"
  case png = "PNG"
  case bmp = "BMP"
  case tiff = "TIFF"
  /// A series: a folder, a file or a zip, told by what is in it.
  case dicom = "DICOM"

  /// Endings of names that are read, in the order in which they are tried.
  package var endings: [String] {
    switch self {
    case .nifti: [".nii.gz", ".nii"]
    case .nrrd: [".nrrd", ".nhdr"]
    case .meta: [".mha", ".mhd"]
    case .gipl: [".gipl"]
    case .png: [".png"]
    case .bmp: [".bmp"]
    case .tiff: [".tif", ".tiff"]
    case .dicom: []
    }
  }

  /// Endings of names that are written: those of single files.
  package var writtenEndings: [String] {
    switch self {
    case .nifti: [".nii.gz", ".nii"]
    case .nrrd: [".nrrd"]
    case .meta: [".mha"]
    case .gipl, .png, .bmp, .tiff, .dicom: endings
    }
  }

  /// Whether files of this kind say nothing of a place in a patient.
  package var isPicture: Bool {
    switch self {
    case .nifti, .nrrd, .meta, .gipl, .dicom: false
    case .png, .bmp, .tiff: true
    }
  }
}

extension ImageFormat {
  /// All endings that are read.
  package static let allEndings = allCases.flatMap(\.endings)
  /// All endings that are written.
  package static var allWrittenEndings: [String] { allCases.flatMap(\.writtenEndings) }

  /// The ending of a file name or path, in lower case; `nil` when it is of no kind that nnx reads, or
  /// nothing but the ending.
  package static func ending(of path: String) -> String? {
    first(of: allEndings, in: path)
  }

  /// The ending of a DICOM segmentation's name; `nil` for other names. Files of series have any name.
  package static func dicomEnding(of path: String) -> String? {
    first(of: [".seg.dcm", ".dcm"], in: path)
  }

  /// The first of `endings`, of small ASCII letters, that the last name of a path has before other letters. Cohorts ask
  /// this for each of their files, so it goes by bytes.
  private static func first(of endings: [String], in path: String) -> String? {
    var name = path.utf8[...]
    while name.last == UInt8(ascii: "/") { name.removeLast() }
    if let slash = name.lastIndex(of: UInt8(ascii: "/")) { name = name[slash...].dropFirst() }
    return endings.first { ending in
      name.count > ending.utf8.count
        && zip(name.reversed(), ending.utf8.reversed()).allSatisfy { own, wanted in
          own == wanted || (0x41...0x5A).contains(own) && own | 0x20 == wanted
        }
    }
  }

  /// The ending of a segmentation of the image at `path`: the same, or that of one file where the image
  /// lies in two.
  package static func writtenEnding(forImage path: String) -> String {
    guard let ending = ending(of: path), let format = formats[ending] else { return ".nii.gz" }
    return format.writtenEndings.contains(ending) ? ending : format.writtenEndings[0]
  }

  private static let formats = Dictionary(
    uniqueKeysWithValues: allCases.flatMap { format in format.endings.map { ($0, format) } })

  /// The format that the ending of a name tells; `nil` for other names.
  init?(ending path: String) {
    guard let format = ImageFormat.ending(of: path).flatMap({ ImageFormat.formats[$0] }) else {
      return nil
    }
    self = format
  }

  /// The format of the file at `path`.
  ///
  /// - Throws: `unsupported-image` for any other ending; what is none of them and no DICOM either.
  package init(path: String) throws(NNXError) {
    if let format = ImageFormat(ending: path) {
      self = format
      return
    }
    try StandardStream.input.refuse(path)
    if DICOMFile.isThere(path) {
      self = .dicom
      return
    }
    guard let isFolder = Folder.isFolder(path) else {
      throw NNXError(.fileNotFound, "there is no file \(path)")
    }
    guard !isFolder else {
      throw NNXError(
        .unsupportedImage, "\(path) is a folder without DICOM, and one file is asked for",
        fixes: ["Name a file of it, or the folder that the slices of a series lie in"])
    }
    throw NNXError(
      .unsupportedImage, "\(path) is of no kind that nnx reads",
      details: [
        "it reads DICOM, and files ending in \(ImageFormat.allEndings.joined(separator: ", "))"
      ],
      fixes: ["Convert the image to NIfTI (.nii.gz)"])
  }

  /// The format that a segmentation at `path` is written in.
  ///
  /// - Throws: `unsupported-image` for any other ending.
  package init(writtenPath path: String) throws(NNXError) {
    if SEGOrigin.isTarget(path) {
      self = .dicom
      return
    }
    if let ending = ImageFormat.ending(of: path), ImageFormat.allWrittenEndings.contains(ending) {
      try self.init(path: path)
      return
    }
    throw NNXError(
      .unsupportedImage, "cannot write \(path): nnx writes no files of that ending",
      details: ["it writes \(ImageFormat.allWrittenEndings.joined(separator: ", ")), .dcm"],
      fixes: ["Give a name with one of these endings"])
  }
}
