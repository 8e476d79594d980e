import NNXSystem

/// Where test data lies, found from this file's own path.
public enum Fixtures {
  /// `Tests/Fixtures` of the repository.
  public static let folder = repository + "/Tests/Fixtures"
  /// The top folder of the repository.
  public static let repository: String = {
    let parts = #filePath.split(separator: "/")
    return "/" + parts.dropLast(3).joined(separator: "/")
  }()
}
