import NNXImage
import NNXSystem

/// The formats in which other programs take label tables.
package enum LabelFormat: String, CaseIterable, Sendable {
  case table
  case json
  /// 3D Slicer's colour table.
  case ctbl
  /// ITK-SNAP's label descriptions.
  case itksnap
  /// NiiVue's `setColormapLabel`.
  case niivue
  /// BIDS derivatives: `dseg.tsv`.
  case bids
  /// `segmentAttributes` of dcmqi's itkimage2segimage.
  case dcmqi
}

extension LabelFormat {
  /// Whether programs leave out lines that begin with `#`.
  package var hasComments: Bool { [.ctbl, .itksnap].contains(self) }

  /// What files of these formats begin with, and those of other programs do not.
  package static var beginnings: [String] {
    let empty = LabelTable()
    let one = LabelTable([.init(value: 1, name: "")])
    let lines = [empty.slicer[0], empty.itkSnap[0], empty.bids.joined(separator: "\n")]
    return lines.map { $0 + "\n" } + [
      String(one.json.text(pretty: true).prefix { $0 != "1" }),
      empty.dcmqi.text(pretty: true).split(separator: "\n").prefix(3).joined(separator: "\n"),
    ]
  }
}

extension LabelTable {
  /// The table as text of the format, without an end of the last line; `table` is for the console.
  package func text(_ format: LabelFormat) -> String {
    switch format {
    case .table, .json: json.text(pretty: true)
    case .ctbl: slicer.joined(separator: "\n")
    case .itksnap: itkSnap.joined(separator: "\n")
    case .niivue: niivue.marked("nnx.labels/1").text(pretty: true)
    case .bids: bids.joined(separator: "\n")
    case .dcmqi: dcmqi.text(pretty: true)
    }
  }

  /// `value name r g b a`, names without spaces (vtkMRMLColorTableStorageNode).
  fileprivate var slicer: [String] {
    ["# 3D Slicer color table: value name red green blue alpha", "0 background 0 0 0 0"]
      + entries.map { entry in
        let name = String(entry.name.map { $0.isWhitespace ? "_" : $0 })
        return "\(entry.value) \(name) "
          + (entry.rgb + [255]).map(String.init).joined(separator: " ")
      }
  }

  /// `IDX -R- -G- -B- -A-- VIS MSH LABEL`, as ITK-SNAP saves it.
  fileprivate var itkSnap: [String] {
    func line(_ value: Int, _ rgb: [Int], _ visible: Int, _ name: String) -> String {
      let numbers = ([value] + rgb + [visible, visible, visible]).map { number in
        let text = String(number)
        return String(repeating: " ", count: max(0, 5 - text.count)) + text
      }
      return numbers.joined(separator: " ") + "    \"\(name.filter { $0 != "\"" })\""
    }
    return ["# ITK-SnAP Label Description File: IDX R G B A VIS MSH LABEL"]
      + [line(0, [0, 0, 0], 0, "Clear Label")]
      + entries.map { line($0.value, $0.rgb, 1, String($0.name.map { $0.isNewline ? " " : $0 })) }
  }

  private var niivue: OrderedJSON {
    func column(_ background: Int, _ channel: (Entry) -> Int) -> OrderedJSON {
      OrderedJSON([background] + entries.map(channel))
    }
    return [
      "R": column(0) { $0.rgb[0] }, "G": column(0) { $0.rgb[1] }, "B": column(0) { $0.rgb[2] },
      "A": column(0) { _ in 255 }, "I": column(0) { $0.value },
      "labels": OrderedJSON(["background"] + entries.map(\.name)),
    ]
  }

  /// BIDS derivatives, segmentations: `index`, `name`, `color`, tab-separated.
  fileprivate var bids: [String] {
    ["index\tname\tcolor", "0\tbackground\t#000000"]
      + entries.map { entry in
        let name = String(entry.name.map { $0 == "\t" || $0.isNewline ? " " : $0 })
        let colour = entry.rgb.map { (level: Int) -> String in
          let digits = String(level, radix: 16, uppercase: true)
          return digits.count == 1 ? "0" + digits : digits
        }
        return "\(entry.value)\t\(name)\t#\(colour.joined())"
      }
  }

  /// https://github.com/QIICR/dcmqi, doc/schemas/seg-schema.json: one list of segments per file.
  fileprivate var dcmqi: OrderedJSON {
    let segments = entries.map { entry -> OrderedJSON in
      var members: [OrderedJSON.Member] = [
        .init("labelID", .int(entry.value)), .init("SegmentLabel", .string(entry.name)),
        .init("SegmentDescription", .string(entry.name)),
        .init("SegmentAlgorithmType", "AUTOMATIC"), .init("SegmentAlgorithmName", "nnx"),
      ]
      let names = [
        ("category", "SegmentedPropertyCategoryCodeSequence"),
        ("type", "SegmentedPropertyTypeCodeSequence"),
        ("modifier", "SegmentedPropertyTypeModifierCodeSequence"),
        ("region", "AnatomicRegionSequence"),
        ("regionModifier", "AnatomicRegionModifierSequence"),
      ]
      let terms = entry.dicomTerms
      for (role, key) in names {
        let term = terms.first { $0.role == role }
        if let term { members.append(.init(key, term.dicom)) }
      }
      members.append(.init("recommendedDisplayRGBValue", OrderedJSON(entry.rgb)))
      return .object(members)
    }
    return [
      "@schema":
        "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/schemas/seg-schema.json#",
      "ContentCreatorName": "nnx", "SeriesDescription": "Segmentation",
      "segmentAttributes": .array([.array(segments)]),
    ]
  }
}

extension LabelTable.Term {
  fileprivate var dicom: OrderedJSON {
    [
      "CodeValue": .string(value), "CodingSchemeDesignator": .string(scheme),
      "CodeMeaning": .string(meaning),
    ]
  }
}
