/// DICOM's names of what makes an image, as far as the names of nnU-Net's channels tell.
package enum Modality: String, Sendable {
  case ct = "CT"
  case mr = "MR"
  case pet = "PT"

  /// From the words of a channel's name: `T1 MR`, `FDG PET`, `CT`, `t1ce`.
  package init?(ofChannel channel: String) {
    let words = channel.uppercased().split { !$0.isLetter && !$0.isNumber }
    func has(_ names: [String]) -> Bool { words.contains { names.contains(String($0)) } }
    let sequences = ["FLAIR", "DWI", "ADC", "SWI", "PD", "DCE", "TOF", "MR", "MRI"]
    if has(["CT", "CBCT", "CECT", "LDCT"]) {
      self = .ct
    } else if has(["PET", "PT", "SUV", "FDG"]) {
      self = .pet
    } else if has(sequences) || words.contains(where: { $0.hasPrefix("T1") || $0.hasPrefix("T2") })
    {
      self = .mr
    } else {
      return nil
    }
  }

  /// What channels are, each once, in order.
  package static func names(of channels: [String]) -> [String] {
    var seen: Set<Modality> = []
    return channels.compactMap(Modality.init(ofChannel:)).filter { seen.insert($0).inserted }
      .map(\.rawValue)
  }
}
