import NNXModel
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
    let records = Set(plan.items.compactMap(\.doi)).sorted()
    fields.add("record", records.joined(separator: ", "))
    if let size = plan.downloadSize, size > 0 {
      let disk = plan.diskSize.map { ", \(Quantity.bytes($0)) disk" } ?? ""
      fields.add("need", "\(Quantity.bytes(size)) download\(disk)")
    }
    context.output.note("\(plan.name)\(version)  \(plan.title)")
    fields.lines.forEach(context.output.note)
  }

  func show(_ result: Installer.Result) {
    let model = result.model
    guard !context.output.isQuiet else { return context.output.text(model.name) }
    let sets = model.receipt.sets
    let unsupported = sets.compactMap(\.unsupported)
    if result.wasInstalled {
      context.output.text("\(model.name) \(model.version) is installed already.")
    } else {
      let seconds = Quantity.duration(result.seconds)
      let size = Quantity.bytes(model.receipt.bytes)
      context.output.text("Installed \(model.name) \(model.version) in \(seconds) (\(size)).")
    }
    guard unsupported.isEmpty else {
      for problem in unsupported { context.output.note(problem) }
      return
    }
    for set in sets {
      for refused in (try? model.open(set: set.id))?.refused ?? [] {
        context.output.note(refused.reason)
      }
    }
    context.output.note("Try it: nnx predict -m \(model.name) -i scan.nii.gz -o seg.nii.gz")
  }

  func json(_ results: [Installer.Result]) -> OrderedJSON {
    func entry(_ result: Installer.Result) -> OrderedJSON {
      let receipt = result.model.receipt
      return [
        "name": .string(receipt.name), "version": .string(receipt.version),
        "digest": .string(receipt.digest), "bytesDownloaded": .int(result.downloaded),
        "seconds": .double(result.seconds), "path": .string(result.model.path),
        "files": .array(
          receipt.files.map {
            ["path": .string($0.path), "size": .int($0.size), "sha256": .string($0.sha256)]
          }),
      ]
    }
    return [
      "installed": .array(results.filter { !$0.wasInstalled }.map(entry)),
      "skipped": .array(results.filter(\.wasInstalled).map(entry)),
    ]
  }

  func json(_ plan: InstallPlan) -> OrderedJSON {
    [
      "name": .string(plan.name), "version": OrderedJSON(plan.version),
      "title": .string(plan.title), "bytesToDownload": OrderedJSON(plan.downloadSize),
      "bytesOnDisk": OrderedJSON(plan.diskSize),
      "licenses": .array(plan.licenses.map(\.json)),
      "files": .array(
        plan.items.flatMap(\.files).map { file in
          [
            "name": .string(file.name), "urls": OrderedJSON(file.urls),
            "size": OrderedJSON(file.size), "md5": OrderedJSON(file.md5),
            "sha256": OrderedJSON(file.sha256),
          ]
        }),
    ]
  }

  private func licence(_ license: License) -> String {
    "\(license.spdx) says \(license.statedBy)"
  }
}
