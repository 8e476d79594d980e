/// Text of DICOM files.
///
/// Which bytes stand for which letters is told by SpecificCharacterSet; nnx shows names and compares codes, which are
/// ASCII, so it takes UTF-8 where the bytes are such, and Latin-1 where they are not.
enum DICOMText {
  static func decode(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self)
      ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
  }

  static func trimmed(_ text: Substring) -> String {
    let isPadding: (Character) -> Bool = { $0 == " " || $0 == "\0" }
    let start = text.drop(while: isPadding)
    guard let end = start.lastIndex(where: { !isPadding($0) }) else { return "" }
    return String(start[...end])
  }
}
