internal import CDICOM
import NNXSystem

/// DCMTK and OpenJPEG, loaded when DICOM is first met (CDICOM.h).
@safe struct DICOMLibrary: @unchecked Sendable {
  let functions: nnx_dicom

  private static let loaded: (library: DICOMLibrary?, failure: String) = {
    var why: UnsafePointer<CChar>?
    let functions = unsafe nnx_dicom_load(&why)
    let failure = unsafe why.map { unsafe String(cString: $0) } ?? ""
    return unsafe (functions.map { unsafe DICOMLibrary(functions: $0.pointee) }, failure)
  }()

  /// - Throws: `missing-library`.
  static func load() throws(NNXError) -> DICOMLibrary {
    if let library = loaded.library { return library }
    throw NNXError(
      .missingLibrary, "cannot load the library that reads DICOM: \(loaded.failure)",
      fixes: [
        "A build from source keeps libnnxdicom.so beside nnx: swift build --product nnxdicom",
        "It needs, on Debian: apt install libdcmtk17 libopenjp2-7",
      ])
  }

  /// What the library said, now that it refused.
  func said(_ text: UnsafePointer<CChar>) -> String { unsafe String(cString: text) }
}
