import NNXSystem

@testable import NNXModel

/// The stock trainers and what nnx makes of them, as Markdown: docs/trainers.md.
struct TrainerTable {
  let v2: [OrderedJSON]
  let v1: [OrderedJSON]

  var markdown: String {
    """
    # nnU-Net's trainers

    Written by the tests (`NNX_UPDATE_SNAPSHOTS=1 swift test -c release --filter TrainerV2Tests`) from what the \
    classes of nnunetv2 2.8.1 and nnunet 1.7.1 really build: `Scripts/make-reference/trainers_v2.py`, `trainers_v1.py`.

    A trainer decides little of a prediction: the network, whether images are mirrored, v1's regions. Trainers that \
    nnU-Net does not ship are taken for stock ones as long as their weights fit the network of the plans. Otherwise \
    the install says so by name, keeps the published files, and gives the command by which nnU-Net runs them.

    ## Version 2

    Mirroring is what the checkpoint says, which the trainer wrote into it.

    | trainers | network | axes mirrored | nnx |
    |---|---|---|---|
    \(rows(v2.map(row2)))

    ## Version 1

    | trainers | network | regions | mirrored | nnx |
    |---|---|---|---|---|
    \(rows(v1.map(row1)))

    """
  }

  private func rows(_ found: [(names: [String], cells: [String])]) -> String {
    var lines: [(cells: [String], names: [String])] = []
    for one in found {
      if let index = lines.firstIndex(where: { $0.cells == one.cells }) {
        lines[index].names += one.names
      } else {
        lines.append((one.cells, one.names))
      }
    }
    return lines.filter { !$0.names.isEmpty }.map { line in
      let names = Set(line.names).sorted().map { "`\($0)`" }.joined(separator: ", ")
      return "| \(names) | \(line.cells.joined(separator: " | ")) |"
    }.joined(separator: "\n")
  }

  private func row2(_ group: OrderedJSON) -> (names: [String], cells: [String]) {
    let names = group["trainers"]?.array?.compactMap(\.string) ?? []
    let networks = group["networks"]?.members?.map(\.value) ?? []
    let kinds = Set(networks.compactMap { $0["network"]?.string })
    guard let plain = networks.first(where: { $0["network"]?.string == "PlainConvUNet" }) else {
      let name = kinds.sorted().first ?? "none: a base class"
      return (names, [name, "", "refused by name"])
    }
    let norm = plain["norm"]?.string == "BatchNorm" ? ", BatchNorm" : ""
    func axes(_ count: Int) -> String {
      let spec = group["networks"]?["PlainConvUNet, \(count) axes"]
      let axes = spec?["mirrorAxes"]?.array?.compactMap(\.int) ?? []
      return axes.isEmpty ? "none" : axes.map(String.init).joined(separator: ", ")
    }
    let mirrors = axes(3) == "none" ? "none" : "\(axes(3)); in 2d \(axes(2))"
    return (names, ["that of the plans" + norm, mirrors, "runs"])
  }

  private func row1(_ group: OrderedJSON) -> (names: [String], cells: [String]) {
    let names = group["trainers"]?.array?.compactMap(\.string) ?? []
    if let error = group["error"]?.string {
      // In 2d some build nothing, and are listed with their 3-D networks.
      let built = Set(
        v1.filter { $0["error"] == nil }
          .flatMap { $0["trainers"]?.array?.compactMap(\.string) ?? [] })
      let reason = String(error.prefix { $0 != "," })
      return (
        names.filter { !built.contains($0) },
        ["not built for this table (\(reason))", "", "", "runs if its weights fit the plans"]
      )
    }
    var network = group["network"]?.string ?? "?"
    let norms = [
      "BatchNorm": "BatchNorm", "MyGroupNorm": "group norm", "FRN3D": "filter response norm",
      "Identity": "no norm",
    ]
    if let norm = group["norm"]?.string, norm != "InstanceNorm" {
      network += ", " + (norms[norm] ?? norm)
    }
    let activation = group["activation"]?.string ?? "?"
    let slope = group["slope"]?.double ?? 0
    if activation == "LeakyReLU", slope != 0.01 { network += ", LeakyReLU \(slope)" }
    if activation != "LeakyReLU" {
      network += ", " + (activation == "Identity" ? "no activation" : activation)
    }
    if group["activationFirst"]?.bool == true { network += ", activation before norm" }
    if group["cascade"]?.bool == true { network += ", after another stage" }
    let regions = group["sigmoid"]?.bool == true ? "yes" : ""
    let isRefused = names.contains { name in
      do throws(NNXError) {
        _ = try TrainerV1(name).regions("")
        return false
      } catch { return true }
    }
    return (
      names,
      [
        network, regions, group["mirrors"]?.bool == true ? "yes" : "no",
        isRefused ? "refused by name" : "runs",
      ]
    )
  }
}
