import NNXSystem

/// Which images are one case, and what it is called.
///
/// nnU-Net names the channels of a case `case_0000.nii.gz`, `case_0001.nii.gz`, …. Four digits at the end
/// are a channel where the model has such a channel and the case is complete with it; all other numbers
/// (`amos_0001`, `scan_2019`) tell patients apart and stay in the name.
struct CaseNames {
  /// Names of the model's channels.
  let channels: [String]
  /// Whether a file may hold several channels, as pictures do.
  let holdsSeveral: Bool
  /// The model's name, for messages.
  let model: String

  /// The cases of a folder, or of files that are a case each; what of their names can be read in two ways,
  /// a line each.
  func cases(of paths: [String]) -> (cases: [Case], remarks: [String]) {
    let images = paths.map(ImageName.init)
    return channels.count == 1 ? single(images) : several(images)
  }

  /// The files that are the channels of one case in the order given.
  func oneCase(_ paths: [String]) -> (case: Case, remarks: [String]) {
    let images = paths.map(ImageName.init)
    let sorted = images.sorted { $0.number < $1.number }
    let isNumbered = Set(images.map(\.family)).count == 1 && isComplete(sorted)
    let name = isNumbered ? images[0].family ?? images[0].stem : images[0].stem
    var remarks: [String] = []
    if isNumbered, sorted != images {
      remarks = zip(images, channels).map { "\($0.file) is given as \($1)" }
    }
    return (Case(name: name, images: paths), remarks)
  }

  private func isComplete(_ sorted: [ImageName]) -> Bool {
    let expected = holdsSeveral ? min(sorted.count, channels.count) : channels.count
    return sorted.map(\.number) == Array(0..<expected)
  }

  // MARK: - Models of one channel

  /// Each image is a case; `_0000` goes where the rest is no other image's name.
  private func single(_ images: [ImageName]) -> (cases: [Case], remarks: [String]) {
    let stems = Dictionary(grouping: images, by: \.stem)
    let numbered = Dictionary(grouping: images.filter { $0.number == 0 }) { $0.family ?? "" }
    let others = Dictionary(grouping: images.filter { $0.number > 0 }) { $0.family ?? "" }
    var remarks: [String] = []
    let cases = images.map { image in
      guard image.number == 0, let family = image.family else {
        return Case(name: image.stem, images: [image.path])
      }
      if let other = stems[family]?.first {
        remarks.append("\(image.file) keeps its number: \(other.file) is another case")
        return Case(name: image.stem, images: [image.path])
      }
      guard numbered[family]?.count == 1 else {
        return Case(name: image.stem, images: [image.path])
      }
      if let next = others[family]?.first {
        remarks.append(
          "\(image.file) is read as the first channel of \(family), \(next.file) as another case")
      }
      return Case(name: family, images: [image.path])
    }
    return (cases, remarks)
  }

  // MARK: - Models of several channels

  private func several(_ images: [ImageName]) -> (cases: [Case], remarks: [String]) {
    var cases: [Case] = []
    var remarks: [String] = []
    var alone = images.filter { $0.family == nil }
    for (family, members) in Dictionary(grouping: images, by: \.family) {
      guard let family else { continue }
      // What goes on without a gap was meant as channels, even where the model has fewer.
      let sorted = members.sorted { ($0.number, $0.path) < ($1.number, $1.path) }
      let numbers = Set(sorted.map(\.number))
      let end = (0...).first { $0 >= channels.count && !numbers.contains($0) } ?? channels.count
      let (own, others) = (sorted.filter { $0.number < end }, sorted.filter { $0.number >= end })
      alone += others
      guard !own.isEmpty else { continue }
      if isComplete(own) {
        cases.append(Case(name: family, images: own.map(\.path)))
        if let other = others.first {
          let files = own.map(\.file).joined(separator: ", ")
          remarks.append("\(files) are read as the channels of \(family), \(other.file) is not")
        }
      } else if holdsSeveral {
        alone += own
      } else {
        cases.append(
          Case(name: family, images: own.map(\.path), problem: incomplete(family, own)))
      }
    }
    cases += alone.map { image in
      Case(
        name: image.stem, images: [image.path],
        problem: holdsSeveral ? nil : refusal("and \(image.file) is one by itself"))
    }
    return (cases.sorted { $0.name < $1.name }, remarks.sorted())
  }

  /// - Parameter images: by number.
  private func incomplete(_ family: String, _ images: [ImageName]) -> NNXError {
    let found = images.map(\.file).joined(separator: ", ")
    let missing = channels.indices.filter { index in !images.contains { $0.number == index } }
    if let first = missing.first {
      let names = missing.map { "\(ImageName.suffix($0)) (\(channels[$0]))" }
      return refusal(
        "and \(family) lacks \(names.joined(separator: ", "))",
        details: ["There is \(found)"],
        fixes: ["Add \(family)\(ImageName.suffix(first)) to the folder, or take the others out"])
    }
    return refusal("and \(family) has \(images.count)", details: ["There are \(found)"])
  }

  private func refusal(
    _ what: String, details: [String] = [], fixes: [String] = []
  ) -> NNXError {
    NNXError(
      .channels, "\(model) needs \(channels.count) images per case, \(what)",
      details: details + [expectation], fixes: fixes.isEmpty ? [Self.nnUNetNames] : fixes)
  }

  private var expectation: String {
    "It expects, in this order: " + channels.joined(separator: ", ")
  }

  private static let nnUNetNames =
    "In a folder, name them CASE_0000.nii.gz, CASE_0001.nii.gz, …"

  /// The error for files that are not as many as the channels of one case.
  func wrongCount(_ count: Int) -> NNXError {
    let given = count == 1 ? "1 was" : "\(count) were"
    let example = channels.map { _ in "-i FILE" }.joined(separator: " ")
    return NNXError(
      .channels, "\(model) needs \(channels.count) images per case, \(given) given",
      details: [expectation],
      fixes: ["nnx predict -m \(model) \(example) -o seg.nii.gz", Self.nnUNetNames])
  }
}

extension NNXError.Code {
  static let channels = NNXError.Code("channels", .data)
}
