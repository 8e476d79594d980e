import NNXModel
import NNXSystem

extension NNXError.Code {
  /// The publisher hands the files out to whoever has a licence number or an account.
  static let needsLicence = NNXError.Code("needs-licence", .forbidden)
}

extension InstallPlan {
  /// Whether somebody has to bring a file first. nnx asks no publisher for files in anybody's name.
  ///
  /// - Throws: `needs-licence` with the way to them.
  func checkAccess() throws(NNXError) {
    guard let item = wanted.first(where: { $0.files.isEmpty && $0.access != nil }),
      let access = item.access, origin == .network
    else { return }
    throw NNXError(
      .needsLicence, "the weights of \(name) are handed out against a \(access.needs)",
      details: ["Stated by: \(access.statedBy)", "Nothing was fetched."],
      fixes: access.how + ["Then: nnx install \(name) --from FOLDER_OR_ZIP"])
  }

  /// The plan with a file or folder in the place of files that are not handed out to everybody; `nil` for
  /// other plans.
  func bringing(_ place: String, isFolder: Bool) throws(NNXError) -> InstallPlan? {
    guard items.contains(where: { $0.files.isEmpty && $0.access != nil }) else { return nil }
    guard items.count == 1 else {
      throw NNXError(.usage, "\(name) has \(items.count) sets of weights; \(place) is one")
    }
    var plan = self
    plan.origin = isFolder ? .folder(place) : .local
    if !isFolder {
      plan.items[0].files = [RemoteFile(name: lastComponent(place), urls: [place])]
    }
    return plan
  }
}
