/// Words of which British and American English disagree, in American spelling.
private let americanSpellings = [
  "tumour": "tumor", "oesophagus": "esophagus", "oesophageal": "esophageal", "oedema": "edema",
  "haemorrhage": "hemorrhage", "haematoma": "hematoma", "anaemia": "anemia", "colour": "color",
  "caecum": "cecum", "paediatric": "pediatric", "gynaecological": "gynecological",
]

/// The beginnings that a word may have in a text to be found by `word`: its own, and British ones.
func spellings(beginning word: String) -> [String] {
  [word] + americanSpellings.filter { $0.value.hasPrefix(word) }.map(\.key)
}

/// The words of a text as search compares them: runs of letters and digits, lower-case, in American
/// spelling, singular.
func searchWords(_ text: String) -> [String] {
  text.lowercased().split { !$0.isLetter && !$0.isNumber }.map { word in
    // `kidneys` is found by `kidney`, and the other way round; `abscess` and `pus` stay.
    let isPlural =
      word.count > 4 && word.hasSuffix("s") && !word.hasSuffix("ss")
      && !word.hasSuffix("us") && !word.hasSuffix("is")
    let singular = String(isPlural ? word.dropLast() : word)
    return americanSpellings[singular] ?? singular
  }
}
