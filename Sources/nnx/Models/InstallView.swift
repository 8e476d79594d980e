import NNXModel
import NNXReport
import NNXStore
import NNXSystem

/// What `nnx install` says before and after.
struct InstallView {
  let context: Context

  /// Name, licences, size: what a person should know before it starts.
  func announce(_ plan: InstallPlan) {
    var fields = FieldList(width: context.width)
    let version = plan.version.map { " \($0)" } ?? ""
    fields.add(
      "licence", plan.licenses.filter { $0.scope != .code && $0.scope != .data }.map(licence))
    let records = Set(plan.wanted.compactMap(\.doi)).sorted()
    fields.add("record", records.joined(separator: ", "))
    if let size = plan.downloadSize, size > 0 {
      let disk = plan.diskSize().map { "\(Quantity.bytes($0)) disk" }
      // The files of a pack are here.
      let download = plan.stated == nil ? "\(Quantity.bytes(size)) download" : nil
      fields.add("need", [download, disk].compactMap(\.self).joined(separator: ", "))
    }
    context.output.note("\(plan.name)\(version)  \(plan.title)")
    fields.lines.forEach(context.output.note)
  }

  /// - Parameters:
  ///   - sample: a scan that comes with the model.
  ///   - isAnswer: whether the model is what was asked for, and not what something else needs.
  func show(_ result: Installer.Result, sample: String? = nil, isAnswer: Bool = true) {
    let model = result.model
    let say = isAnswer ? context.output.text : context.output.note
    guard !context.output.isQuiet else { return say(model.name) }
    let receipt = model.receipt
    let sets = receipt.sets
    let unsupported = sets.compactMap(\.unsupported)
    if result.wasInstalled {
      say("\(model.name) \(model.version) is installed already.")
    } else {
      let seconds = Quantity.duration(result.seconds)
      let size = Quantity.bytes(receipt.bytes)
      say("Installed \(model.name) \(model.version) in \(seconds) (\(size)).")
    }
    let others = result.wasInstalled ? [] : (try? model.others()) ?? []
    if !others.isEmpty {
      context.output.note(
        "note: kept in its folder, for nnx did not install it: \(shortList(others, most: 3))")
    }
    if !receipt.lacking.isEmpty {
      context.output.note(
        "Without \(receipt.lacking.count) of \(sets.count + receipt.lacking.count) networks: "
          + "\(shortList(receipt.lacking, most: 3)); add them with: nnx install \(model.name)")
    }
    if receipt.folds != .all {
      let missing = sets.flatMap(\.configurations).flatMap { configuration in
        configuration.published.filter { !configuration.folds.contains($0) }
      }
      context.output.note(
        "Without fold \(Set(missing).sorted().joined(separator: ", ")); add them with: "
          + "nnx install \(model.name)")
    }
    if receipt.source.archives.contains(where: { !$0.isWhole }) {
      context.output.note(
        "The archive was not seen whole: members were checked by CRC-32, their sha256 noted")
    }
    if model.isSlim {
      context.output.note("Without checkpoints: nnU-Net's own commands cannot run it from here")
    }
    guard unsupported.isEmpty else {
      for problem in unsupported { context.output.warn(problem) }
      return
    }
    for set in sets {
      guard let folder = try? model.open(set: set.id) else { continue }
      for refused in folder.refused { context.output.warn(refused.reason) }
      if let remark = folder.entries.first?.description.labels.gapsRemark {
        context.output.note("note: \(remark)")
      }
    }
    guard isAnswer else { return }
    context.output.note("Try it: \(Self.example(model, sample: sample))")
  }

  /// A command that predicts with a model: as many images as it has channels, by their names.
  static func example(_ model: InstalledModel, sample: String?) -> String {
    if let sample { return "nnx predict \(model.name) \(sample)" }
    let entries = model.receipt.sets.lazy.compactMap { try? model.open(set: $0.id).entries }.first
    let channels = entries?.first?.description.channels ?? []
    let images =
      channels.count < 2 ? "scan.nii.gz" : channels.map(fileName).joined(separator: " ")
    return "nnx predict \(model.name) \(images) -o seg.nii.gz"
  }

  /// A file that may hold a channel: `T1 (contrast)` as `t1-contrast.nii.gz`.
  private static func fileName(_ channel: String) -> String {
    let words = channel.lowercased().split { !$0.isLetter && !$0.isNumber }
    return (words.isEmpty ? "image" : words.joined(separator: "-")) + ".nii.gz"
  }

  /// That a name means another model than before.
  func showChange(of model: InstalledModel, from former: InstalledModel) {
    let (name, version) = (model.name, former.version)
    context.output.note(
      "note: \(name) now means \(model.version); the former is \(name)@\(version) (back: nnx use "
        + "\(name)@\(version))")
  }

  func json(_ results: [Installer.Result]) -> Members {
    func entry(_ result: Installer.Result) -> Members {
      let receipt = result.model.receipt
      return [
        "name": receipt.name, "version": receipt.version, "digest": receipt.digest,
        "bytesDownloaded": result.downloaded, "seconds": result.seconds, "path": result.model.path,
        "files": receipt.files.map {
          [
            "path": $0.path, "size": $0.size, "sha256": $0.sha256,
            "from": $0.origin.map { "\($0.archive)/\($0.member)" },
          ] as Members
        },
      ]
    }
    return [
      "installed": results.filter { !$0.wasInstalled }.map(entry),
      "skipped": results.filter(\.wasInstalled).map(entry),
    ]
  }

  /// What `--dry-run` says.
  func show(_ preview: InstallPreview) {
    let plan = preview.plan
    guard !context.output.isQuiet else { return context.output.text(plan.name) }
    var fields = FieldList(width: context.width)
    fields.add(
      "licence", plan.licenses.filter { $0.scope != .code && $0.scope != .data }.map(licence))
    fields.add("from", plan.items.flatMap(\.files).compactMap(\.urls.first))
    if case .folder(let folder) = plan.origin { fields.add("from", folder) }
    fields.add("folds", preview.folds?.joined(separator: ", ") ?? "all that are published")
    fields.add("fetch", preview.download.map(Quantity.bytes) ?? "of unknown size")
    let free = preview.free.map { " (\(Quantity.bytes($0)) free)" } ?? ""
    fields.add("disk", (preview.disk.map(Quantity.bytes) ?? "unknown") + free)
    fields.add("to", preview.target)
    context.output.text("\(plan.name) \(plan.version ?? "")  \(plan.title)")
    context.output.text(fields.lines)
    context.output.text(
      preview.isInstalled ? "It is installed already." : "Nothing was installed: a dry run.")
  }

  func json(_ preview: InstallPreview) -> Members {
    let plan = preview.plan
    return [
      "name": plan.name, "version": plan.version, "title": plan.title,
      "isInstalled": preview.isInstalled, "folds": preview.folds,
      "bytesToDownload": preview.download, "bytesOnDisk": preview.disk, "bytesFree": preview.free,
      "path": preview.target, "licenses": plan.licenses,
      "files": plan.items.flatMap(\.files).map { file in
        [
          "name": file.name, "urls": file.urls, "size": file.size, "md5": file.md5,
          "sha256": file.sha256,
        ] as Members
      },
    ]
  }

  /// The error of one of several models, with what became of the others.
  func stopped(
    _ error: NNXError, after done: [Installer.Result], before rest: [String]
  ) -> NNXError {
    var error = error
    let installed = done.filter { !$0.wasInstalled }.map(\.model.name)
    if !installed.isEmpty {
      error.details.append("Installed before: \(installed.joined(separator: ", "))")
    }
    if !rest.isEmpty { error.details.append("Not begun: \(rest.joined(separator: ", "))") }
    return error
  }

  private func licence(_ license: License) -> String {
    "\(license.spdx) says \(license.statedBy)"
  }
}
