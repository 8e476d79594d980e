import NNXModel
import NNXPredict
import NNXStore
import NNXSystem

extension FuzzTarget {
  static let documents: [FuzzTarget] = [
    FuzzTarget("json", readJSON),
    FuzzTarget("config") { bytes in
      let path = folder.write("config.toml", bytes)
      return accepted { () throws(NNXError) in try SettingsFile(path, home: "/home/user") } != nil
    },
    json("registry", longest: 16384) { (json) throws(NNXError) in
      _ = try Registry(json, source: "registry", folder: nil)
    },
    json("zenodo") { (json) throws(NNXError) in
      _ = try ZenodoRecord(json, source: "record")
    },
    json("citing", seeds: "record") { (json) throws(NNXError) in
      let works = try registry.works(citingRun: json, source: "record", installed: [])
      let formats = CitationFormat.allCases
      _ = formats[choice(Array(json.text().utf8), of: formats.count).0].text(works)
    },
    file("record", "run.json") { (path) throws(NNXError) in
      _ = try RunVerification(path, segmentation: nil, installed: [])
    },
    file("lock", "nnx.lock") { (path) throws(NNXError) in
      _ = try LockFile(contentsOf: path).text
    },
    FuzzTarget("receipt", readReceipt),
    FuzzTarget("table", readTable),
    file("model", ModelFolder.fileName) { (_) throws(NNXError) in
      _ = try ModelFolder(opening: folder.path)
    },
  ]

  private static let folder = FuzzFolder("documents")

  private static let registry: Registry = {
    do throws(NNXError) { return try Registry.embedded() } catch { fatalError(error.message) }
  }()

  /// A document that is written says what was read.
  private static func readJSON(_ bytes: [UInt8]) -> Bool {
    guard
      let json = accepted({ () throws(NNXError) in try OrderedJSON(parsing: bytes, source: "a") })
    else { return false }
    let isPretty = choice(bytes, of: 2).0 == 0
    let text = json.text(pretty: isPretty)
    let again = accepted { () throws(NNXError) in
      try OrderedJSON(parsing: Array(text.utf8), source: "b")
    }
    demand(again?.text(pretty: isPretty) == text, text)
    return true
  }

  /// However it is read, a receipt says the same.
  private static func readReceipt(_ bytes: [UInt8]) -> Bool {
    let path = folder.write(Receipt.fileName, bytes)
    let receipt = accepted { () throws(NNXError) in try Receipt(ofModelIn: folder.path) }
    let document = accepted { () throws(NNXError) in
      try Receipt(OrderedJSON(parsing: bytes, source: path), at: path)
    }
    demand(receipt == document, "\(path) is read in two ways")
    return receipt != nil
  }

  private static let tables = FuzzFolder("tables")

  /// Reviews, a table of people and the cases of a cohort. Cases name images: none in other folders.
  private static func readTable(_ bytes: [UInt8]) -> Bool {
    let way = choice(bytes, of: 3).0
    if way < 2, !bytes.contains(UInt8(ascii: "/")) {
      let (name, channels) = [("a.csv", ["CT"]), ("a.tsv", ["T1", "T2"])][way]
      let path = tables.write(name, bytes)
      return accepted { () throws(NNXError) in
        try CaseList([path], channels: channels, model: "small")
      } != nil
    }
    guard
      let table = accepted({ () throws(NNXError) in
        try DelimitedReader(parsing: bytes, source: "a.csv")
      })
    else { return false }
    for row in table.rows {
      demand(row.count == table.columns.count, "a row has other columns")
      for column in table.columns { _ = table.field(column, of: row) }
    }
    return true
  }

  private static func json(
    _ name: String, seeds: String? = nil, longest: Int = 4096,
    _ read: @escaping @Sendable (OrderedJSON) throws(NNXError) -> Void
  ) -> FuzzTarget {
    FuzzTarget(name, seeds: seeds, longest: longest) { bytes in
      accepted { () throws(NNXError) in try read(OrderedJSON(parsing: bytes, source: name)) } != nil
    }
  }

  private static func file(
    _ name: String, _ fileName: String,
    _ read: @escaping @Sendable (String) throws(NNXError) -> Void
  ) -> FuzzTarget {
    FuzzTarget(name) { bytes in
      let path = folder.write(fileName, bytes)
      return accepted { () throws(NNXError) in try read(path) } != nil
    }
  }
}
