import NNXArchive
import NNXModel
import NNXPredict
import NNXStore
import NNXSystem
import TestSupport

extension FuzzTarget {
  static let models: [FuzzTarget] = [
    FuzzTarget("torch", longest: 8192, readTorch),
    FuzzTarget("pickle") { bytes in
      accepted { () throws(NNXError) in try Pickle(parsing: bytes, source: "a.pkl") } != nil
    },
    FuzzTarget("pickle-inspect", seeds: "pickle") { bytes in
      let path = folder.write("a.pkl", bytes)
      return accepted { () throws(NNXError) in try TorchInspection(path) }?.problem == nil
    },
    FuzzTarget("safetensors", readSafetensors),
    FuzzTarget("npz") { bytes in
      let path = folder.write("a.npz", bytes)
      return accepted { () throws(NNXError) in try ProbabilityFile.read(path) } != nil
    },
    FuzzTarget("zip", longest: 8192, readZip),
    FuzzTarget("tar", longest: 8192, readTar),
    FuzzTarget("pack", longest: 8192) { bytes in
      let path = folder.write("a.nnxpack", bytes)
      let store = StoreLocation(
        data: folder.file("data"), cache: folder.file("cache"), config: folder.file("config"))
      return accepted { () throws(NNXError) in try PackFile(path, in: store) } != nil
    },
    FuzzTarget("plans", longest: 8192) { bytes in
      accepted { () throws(NNXError) in
        try describe(plans: OrderedJSON(parsing: bytes, source: "plans"), dataset: dataset)
      } != nil
    },
    FuzzTarget("dataset") { bytes in
      accepted { () throws(NNXError) in
        try describe(plans: plans, dataset: OrderedJSON(parsing: bytes, source: "dataset"))
      } != nil
    },
    FuzzTarget("plans-v1") { bytes in
      folder.write("v1.model.pkl", bytes)
      guard
        let plans = accepted({ () throws(NNXError) in
          try PlansV1(Checkpoint(folder.file("v1.model")))
        })
      else {
        return false
      }
      // The weights are of no network: the description ends there, whatever the notes say.
      _ = accepted { () throws(NNXError) -> ModelDescription in
        try plans.description(plans.configuration, folder: "Task001_A", identifier: "Plans")
      }
      return true
    },
    FuzzTarget("postprocessing") { bytes in
      let path = folder.write(["p.json", "p.pkl"][choice(bytes, of: 2).0], bytes)
      return accepted { () throws(NNXError) in
        try PostprocessingV2.rules(contentsOf: path)
      } != nil
    },
  ]

  /// With what lies beside the files of inputs.
  private static let folder: FuzzFolder = {
    let folder = FuzzFolder("models")
    folder.write("v1.model", seed("torch/v1.model"))
    folder.write("a.model.pkl", seed("plans-v1/slices_2d.pkl"))
    return folder
  }()

  /// A checkpoint in any container, looked at and read as weights.
  private static func readTorch(_ bytes: [UInt8]) -> Bool {
    let path = folder.write("a.model", bytes)
    if choice(bytes, of: 3).0 == 0 {
      return accepted { () throws(NNXError) in try TorchInspection(path) }?.problem == nil
    }
    guard let checkpoint = accepted({ () throws(NNXError) in try Checkpoint(path) }) else {
      return false
    }
    for (name, tensor) in checkpoint.tensors where tensor.count < 1 << 20 {
      guard let values = accepted({ () throws(NNXError) in try checkpoint.values(name) }) else {
        continue
      }
      demand(values.count == tensor.count && values.allSatisfy(\.isFinite), name)
    }
    return true
  }

  private static func readSafetensors(_ bytes: [UInt8]) -> Bool {
    let path = folder.write("a.safetensors", bytes)
    if choice(bytes, of: 3).0 == 0 {
      return accepted { () throws(NNXError) in try SafetensorsInspection(path) } != nil
    }
    guard let file = accepted({ () throws(NNXError) in try WeightsFile(path) }) else {
      return false
    }
    for entry in file.entries {
      let sum = accepted { () throws(NNXError) in
        try file.withTensor(entry.name) { values in
          demand(values.count == entry.count, entry.name)
          return values.indices.reduce(Float(0)) { $0 + values[$1] }
        }
      }
      demand(sum != nil, entry.name)
    }
    return true
  }

  private static func readZip(_ bytes: [UInt8]) -> Bool {
    let path = folder.write("a.zip", bytes)
    guard let archive = accepted({ () throws(NNXError) in try Archive(path) }) else {
      return false
    }
    for entry in archive.entries where !entry.isFolder && entry.size < 1 << 20 {
      guard
        let content = accepted({ () throws(NNXError) in
          try ZipMember(entry, of: archive.source).content()
        })
      else { continue }
      demand(content.count == entry.size, entry.path)
    }
    return true
  }

  /// Headers with wrong checksums are refused unread: half of the inputs get right ones.
  private static func readTar(_ bytes: [UInt8]) -> Bool {
    var bytes = bytes
    if choice(bytes, of: 2).0 == 0 {
      for start in stride(from: 0, through: bytes.count - 512, by: 512)
      where bytes[start + 257..<start + 262].elementsEqual("ustar".utf8) {
        let place = start + 148..<start + 156
        bytes.replaceSubrange(place, with: [UInt8](repeating: 0x20, count: 8))
        let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
        let digits = String(sum, radix: 8)
        let text = String(repeating: "0", count: 6 - digits.utf8.count) + digits + "\0 "
        bytes.replaceSubrange(place, with: text.utf8)
      }
    }
    let path = folder.write("a.tar", bytes)
    guard
      let archive = accepted({ () throws(NNXError) in
        try TarArchive(FileReader(path), limits: .init())
      })
    else { return false }
    var isWhole = true
    let end: Void? = accepted { () throws(NNXError) in
      try archive.unpack(where: { _ in true }) { (entry, stream) throws(NNXError) in
        let got = try stream.forEachPiece(of: entry.size) { _ in }
        isWhole = isWhole && got == entry.size
      }
    }
    demand(end != nil && isWhole, "\(path) has other bytes when it is unpacked")
    return !archive.entries.isEmpty
  }

  /// What install makes of the two documents of a v2 model.
  private static func describe(
    plans: OrderedJSON, dataset: OrderedJSON
  ) throws(NNXError) -> ModelDescription {
    try PlansV2(plans, source: "plans").description(
      "2d", dataset: DatasetJSON(dataset, source: "dataset"), folder: "Dataset001_A",
      checkpoint: checkpoint)
  }

  private static let (plans, dataset) = (
    document("plans/slices_2d.json"), document("dataset/slices_2d.json")
  )

  private static func document(_ name: String) -> OrderedJSON {
    do throws(NNXError) { return try OrderedJSON(parsing: seed(name), source: name) } catch {
      fatalError(error.message)
    }
  }

  /// Of the model that the first plans and labels belong to.
  private static let checkpoint: Checkpoint = {
    do {
      let model = try Fixtures.unzip("reference/v2/slices_2d/model.zip")
      let name = try model.contents().first { $0.hasSuffix(".pth") } ?? ""
      return try Checkpoint("\(model.path)/\(name)")
    } catch { fatalError("\(error)") }
  }()
}
