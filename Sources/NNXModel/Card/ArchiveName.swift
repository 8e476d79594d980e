/// Names of archives that models are published as.
package enum ArchiveName {
  private static let endings = [".zip", ".tar.gz", ".tgz", ".tar"]

  /// The name without its ending; `nil` when it is no archive's.
  package static func stem(of name: String) -> String? {
    let lower = name.lowercased()
    return endings.first { lower.hasSuffix($0) && lower.utf8.count > $0.utf8.count }
      .map { String(name.dropLast($0.count)) }
  }

  /// Whether a file of that name is an archive, by its ending.
  package static func isArchive(_ name: String) -> Bool { stem(of: name) != nil }

  /// Whether it is one that can only be read from front to back.
  package static func isTar(_ name: String) -> Bool {
    isArchive(name) && !name.lowercased().hasSuffix(".zip")
  }
}
