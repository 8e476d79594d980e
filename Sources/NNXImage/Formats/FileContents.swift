import NNXSystem

/// What a file is by its first bytes, for files that are not what their names say.
enum FileContents: String {
  case nifti = "a NIfTI file"
  case packedNIfTI = "a compressed NIfTI file"
  case gzip = "a gzip file"
  case nrrd = "an NRRD file"
  case meta = "a MetaImage file"
  case gipl = "a GIPL file"
  case png = "a PNG file"
  case tiff = "a TIFF file"
  case bmp = "a BMP file"
  case zip = "a zip archive"
  case dicom = "DICOM"
  case page = "a web page"
  case pointer = "a pointer of Git LFS"

  /// - Parameter start: some hundred bytes from the beginning; fewer tell less.
  /// - Returns: `nil` when nothing is recognised.
  init?(_ start: [UInt8]) {
    if start.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if start.count >= 132, start[128..<132].elementsEqual("DICM".utf8) {
      self = .dicom
    } else if NIfTIHeader.version(of: start) != nil, start.count >= 4 {
      self = .nifti
    } else if String(decoding: start.prefix(6), as: UTF8.self).lowercased() == "nrrd00" {
      self = .nrrd
    } else if start.starts(with: "PK\u{3}\u{4}".utf8) {
      self = .zip
    } else if start.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      self = .png
    } else if start.starts(with: "II*\0".utf8) || start.starts(with: "MM\0*".utf8) {
      self = .tiff
    } else if start.starts(with: "BM".utf8), start.count > 14, start[6..<10].allSatisfy({ $0 == 0 })
    {
      self = .bmp
    } else if let kind = FileContents(text: start) {
      self = kind
    } else {
      return nil
    }
  }

  /// What a text is by its first line.
  private init?(text start: [UInt8]) {
    let text = String(decoding: start.prefix(512), as: UTF8.self).lowercased()
    let line = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
    if line.hasPrefix("<!doctype") || line.hasPrefix("<html") || line.hasPrefix("<?xml") {
      self = .page
    } else if line.hasPrefix("version https://git-lfs") {
      self = .pointer
    } else if line.hasPrefix("objecttype") || line.hasPrefix("ndims") {
      self = .meta
    } else {
      return nil
    }
  }

  /// The error for a file that begins as one of another kind; `nil` when it does not.
  ///
  /// - Throws: `unreadable`.
  static func mismatch(
    _ file: FileReader, expected: FileContents
  ) throws(NNXError) -> NNXError? {
    let start = try file.bytes(at: 0, count: min(file.count, 512))
    guard let found = FileContents(start), found != expected else { return nil }
    return mismatch(file.path, start, expected: expected)
  }

  /// The error for a file that is not what it should be.
  ///
  /// - Parameters:
  ///   - start: its first bytes; of a compressed file what they unpack to.
  ///   - expected: what its name says.
  static func mismatch(_ path: String, _ start: [UInt8], expected: FileContents) -> NNXError {
    let found = FileContents(start)
    let what = expected == .packedNIfTI ? FileContents.nifti : expected
    guard let found, found != what else {
      let shown = start.prefix(4).map { Int($0) }
      return NNXError(
        .brokenImage, "\(path) is not \(what.rawValue)",
        details: ["it begins with the bytes \(shown)"],
        fixes: ["Copy, download or export the image again"])
    }
    let inside = expected == .packedNIfTI
    if inside, found == .gzip {
      return NNXError(
        .brokenImage, "\(path) is compressed twice",
        details: ["the gzip file holds another gzip file"],
        fixes: ["Unpack it once: gunzip < \(path) > once.nii.gz"])
    }
    let holds = inside ? "\(path) holds" : "\(path) is"
    return NNXError(
      .brokenImage, "\(holds) \(found.rawValue), whatever its name says", fixes: [found.advice])
  }

  /// What to do with such a file.
  private var advice: String {
    switch self {
    case .nifti: "Rename it to end in .nii"
    case .gzip, .packedNIfTI: "If it holds NIfTI, rename it to end in .nii.gz; else: gunzip"
    case .nrrd: "Rename it to end in .nrrd"
    case .meta: "Rename it to end in .mha, or .mhd with its voxels beside it"
    case .gipl: "Rename it to end in .gipl"
    case .png: "Rename it to end in .png"
    case .tiff: "Rename it to end in .tif"
    case .bmp: "Rename it to end in .bmp"
    case .zip: "Unpack it, and give the image that is inside"
    case .dicom: "Rename it to end in .dcm"
    case .page: "Download the image again: the address gave a page, perhaps to log in"
    case .pointer: "Fetch the image itself: git lfs pull"
    }
  }
}
