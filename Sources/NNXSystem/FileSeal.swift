/// The seal of a binary file: `nnx-seal ` and 16 digits near its start, by which nnx knows that nobody changed a byte of
/// it. They are the XXH64 of the file with `0` for each of them.
package struct FileSeal: Sendable {
  /// To be written where the seal shall be.
  package static let blank = name + String(repeating: "0", count: digits)
  private static let name = FileMark.sealName + " "
  private static let digits = 16
  /// Bytes of a file in which its seal lies.
  private static let reach = 2048

  /// Where the digits begin; `nil` where there is no seal.
  private(set) var place: Int?
  private var checksum = Checksum64()
  private var isStarted = false

  init() {}

  /// Takes the next bytes of the file; the first ones have to hold the seal.
  mutating func update(_ bytes: RawSpan) {
    if !isStarted {
      isStarted = true
      place = Self.place(bytes.copy(0..<min(bytes.byteCount, Self.reach)))
    }
    checksum.update(bytes)
  }

  /// Of all bytes so far.
  var text: String {
    let text = String(checksum.value, radix: 16)
    return String(repeating: "0", count: Self.digits - text.count) + text
  }

  private static func place(_ head: [UInt8]) -> Int? {
    let name = Array(name.utf8)
    let end = head.count - name.count - digits
    guard end >= 0 else { return nil }
    for start in 0...end where head[start] == name[0] {
      if head[start...].starts(with: name) { return start + name.count }
    }
    return nil
  }

  /// Whether a file is as it was sealed; `nil` where it has no seal.
  package static func isWhole(_ path: String) -> Bool? {
    guard let file = try? FileReader(path),
      let head = try? file.bytes(at: 0, count: min(reach, file.count)), let place = place(head)
    else { return nil }
    let known = String(decoding: head[place..<place + digits], as: UTF8.self)
    var blanked = head
    for index in place..<place + digits { blanked[index] = UInt8(ascii: "0") }
    var seal = FileSeal()
    blanked.withRawSpan { seal.update($0) }
    let isRead: Void? = try? file.forEachPiece(from: head.count) { (piece) throws(NNXError) in
      seal.update(piece)
    }
    return isRead != nil && seal.text == known
  }
}
