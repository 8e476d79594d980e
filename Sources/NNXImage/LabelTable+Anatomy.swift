extension LabelTable {
  /// The colour in which 3D Slicer shows an organ, by its name in English; `nil` for any other name.
  ///
  /// Sides, numbers and plurals do not count, nor does the spelling (`kidney_left`, `Left kidneys`).
  /// Source: Slicer 5, `GenericAnatomyColors.txt`.
  static func anatomicalColour(of name: String) -> [Int]? {
    let sides: Set = ["left", "right", "l", "r", "lt", "rt", "the", "of", "and"]
    let words = name.lowercased().split { !$0.isLetter }.map(String.init)
      .filter { !sides.contains($0) }
    guard !words.isEmpty, words.count <= 5 else { return nil }
    let key = words.map(singular).joined(separator: " ")
    if let colour = anatomy[key] ?? anatomy[words.joined(separator: " ")] { return colour }
    return words.map(singular).lazy.compactMap { lesions[$0] }.first
  }

  private static func singular(_ word: String) -> String {
    if word.hasSuffix("ies") { return word.dropLast(3) + "y" }
    if word.hasSuffix("ae") { return String(word.dropLast()) }
    let isPlural = word.hasSuffix("s") && !["ss", "us", "is"].contains { word.hasSuffix($0) }
    return isPlural && word.utf8.count > 3 ? String(word.dropLast()) : word
  }

  /// What counts wherever it stands in a name: `liver tumour`.
  private static let lesions: [String: [Int]] = {
    var colours = [
      "cyst": [205, 205, 100], "necrosis": [216, 191, 216], "edema": [140, 224, 228],
    ]
    colours["oedema"] = colours["edema"]
    for word in [
      "tumor", "tumour", "lesion", "mass", "metastasis", "metastase", "cancer", "carcinoma",
    ] {
      colours[word] = [144, 238, 144]
    }
    return colours
  }()

  /// Names in the singular, of which several share a line.
  private static let anatomy: [String: [Int]] = {
    var colours: [String: [Int]] = [:]
    for (names, rgb) in table {
      for name in names.split(separator: ",") { colours[name.trimmed] = rgb }
    }
    return colours
  }()

  private static let table: [(String, [Int])] = [
    // Head and neck
    ("brain, cerebrum, cerebral white matter", [250, 250, 225]),
    ("gray matter, grey matter", [200, 200, 235]), ("white matter", [250, 250, 210]),
    ("cerebral cortex", [128, 174, 128]), ("cerebellum", [194, 195, 164]),
    ("brainstem, brain stem, midbrain", [145, 92, 109]), ("thalamus", [122, 101, 38]),
    ("caudate, caudate nucleus", [30, 111, 85]), ("putamen", [210, 157, 166]),
    ("pallidum", [48, 129, 126]), ("amygdala", [98, 153, 112]),
    ("corpus callosum", [97, 113, 158]), ("pituitary, pituitary gland", [57, 157, 110]),
    ("lateral ventricle, third ventricle, fourth ventricle", [88, 106, 215]),
    ("csf, cerebrospinal fluid", [85, 188, 255]), ("optic chiasm", [99, 106, 24]),
    ("optic nerve, nerve, spinal cord", [244, 214, 49]), ("eye, eyeball", [194, 142, 0]),
    ("salivary gland, parotid, parotid gland", [70, 163, 117]), ("tongue", [166, 84, 94]),
    ("tooth, teeth", [255, 250, 220]), ("mandible", [222, 198, 101]), ("maxilla", [196, 172, 68]),
    ("skull", [241, 213, 144]), ("pharynx", [184, 105, 108]), ("larynx", [150, 208, 243]),
    ("thyroid, thyroid gland", [62, 162, 114]),
    // Thorax
    ("trachea", [182, 228, 255]), ("bronchus, bronchi, airway", [175, 216, 244]),
    ("lung", [197, 165, 145]),
    ("lung upper lobe, upper lobe, upper lobe lung, superior lobe", [172, 138, 115]),
    ("lung middle lobe, middle lobe, middle lobe lung", [202, 164, 140]),
    ("lung lower lobe, lower lobe, lower lobe lung, inferior lobe", [224, 186, 162]),
    ("pleura", [255, 245, 217]), ("heart", [206, 110, 84]), ("myocardium", [192, 104, 88]),
    ("atrium, heart atrium", [210, 115, 89]), ("heart ventricle", [181, 85, 57]),
    ("aorta", [224, 97, 76]), ("pericardium, mediastinum", [255, 244, 209]),
    ("esophagus, oesophagus", [211, 171, 143]), ("thymus", [47, 150, 103]),
    ("pulmonary artery", [0, 122, 171]), ("pulmonary vein", [186, 77, 64]),
    ("rib", [253, 232, 158]), ("sternum", [244, 217, 154]),
    ("clavicle, clavicula", [205, 179, 108]),
    // Abdomen and pelvis
    ("stomach", [216, 132, 105]), ("duodenum", [255, 253, 229]),
    ("small bowel, small intestine, bowel", [205, 167, 142]),
    ("colon, large intestine, large bowel", [204, 168, 143]), ("liver", [221, 130, 101]),
    ("gallbladder, gall bladder", [139, 150, 98]), ("bile duct, biliary tree", [0, 145, 30]),
    ("pancreas", [249, 180, 111]), ("spleen", [157, 108, 162]), ("kidney", [185, 102, 83]),
    ("ureter", [247, 182, 164]), ("bladder, urinary bladder", [222, 154, 132]),
    ("urethra", [124, 186, 223]),
    ("adrenal, adrenal gland, suprarenal gland", [249, 186, 150]), ("uterus", [255, 181, 158]),
    ("ovary", [213, 141, 113]), ("prostate", [230, 158, 140]),
    ("seminal vesicle", [245, 172, 147]),
    // Tissues
    ("bone", [241, 214, 145]), ("skin", [177, 122, 101]), ("muscle", [192, 104, 88]),
    ("fat, adipose tissue", [230, 220, 70]), ("cartilage", [111, 184, 210]),
    ("meniscus", [178, 212, 242]), ("ligament", [183, 214, 211]), ("tendon", [152, 189, 207]),
    ("lymph node", [68, 172, 100]), ("blood", [216, 101, 79]),
    ("artery", [216, 101, 79]), ("vein", [0, 151, 206]),
    ("vena cava, inferior vena cava, superior vena cava", [0, 147, 202]),
    ("portal vein", [0, 151, 206]),
  ]
}
