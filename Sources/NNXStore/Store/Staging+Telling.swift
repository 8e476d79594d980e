import NNXSystem

extension Staging {
  /// The error with paths below this folder, which nobody else knows and which goes away, told as those
  /// of what was unpacked into it: `STAGING/unpacked.0/a/b` becomes `m.zip: a/b`.
  ///
  /// Errors of the disk keep their paths.
  ///
  /// - Parameters:
  ///   - name: of the archive or folder.
  ///   - prefix: what to put before a path in it; `NAME: ` unless given.
  func telling(_ error: NNXError, as name: String, prefix: String? = nil) -> NNXError {
    guard error.code.status == .data || error.code.status == .notFound else { return error }
    func told(_ text: String) -> String {
      var result = ""
      var rest = text[...]
      while let found = rest.firstPlace(of: path) {
        result += rest[..<found.lowerBound]
        // One folder below this one is ours, too.
        var inner = rest[found.upperBound...].drop { $0 == "/" }
        inner = inner.drop { !"/ ,;:'".contains($0) }
        result += inner.first == "/" ? prefix ?? "\(name): " : name
        rest = inner.drop { $0 == "/" }
      }
      return result + rest
    }
    var error = error
    error.message = told(error.message)
    error.details = error.details.map(told)
    error.fixes = error.fixes.map(told)
    return error
  }
}
