/// How many letters have to be inserted, deleted, replaced or swapped with their neighbour to turn
/// `a` into `b` (optimal string alignment).
package func editDistance(_ a: some StringProtocol, _ b: some StringProtocol) -> Int {
  let a = Array(a.utf8)
  let b = Array(b.utf8)
  var older: [Int] = []
  var previous = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var cost = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, older[j - 1] + 1) }
      row.append(cost)
    }
    older = previous
    previous = row
  }
  return previous[b.count]
}

/// How alike two model names are, 0...1: by their words in any order, or by their letters.
///
/// `lung-ct2` has the words of `lung2-ct`, and one letter more than `lung-ct`.
func likeness(_ a: String, _ b: String) -> Double {
  let first = nameWords(a)
  let second = nameWords(b)
  let shared = first.intersection(second).reduce(0) { $0 + weight(ofWord: $1) }
  let all = first.union(second).reduce(0) { $0 + weight(ofWord: $1) }
  let byWords = all == 0 ? 0 : shared / all
  let longest = max(a.utf8.count, b.utf8.count)
  let byLetters = longest == 0 ? 0 : 1 - Double(editDistance(a, b)) / Double(longest)
  return max(byWords, byLetters)
}

/// The words of a name: runs of letters and runs of digits.
func nameWords(_ name: String) -> Set<String> {
  var words: Set<String> = []
  var word = ""
  for character in name.lowercased() {
    let joins = character.isNumber ? word.last?.isNumber != false : word.last?.isNumber != true
    if !character.isLetter && !character.isNumber || !joins {
      if !word.isEmpty { words.insert(word) }
      word = ""
    }
    if character.isLetter || character.isNumber { word.append(character) }
  }
  if !word.isEmpty { words.insert(word) }
  return words
}

/// Organs say more than modalities, and modalities more than numbers.
private func weight(ofWord word: String) -> Double {
  if word.first?.isNumber == true { return 0.25 }
  return ["ct", "mr", "pt", "pet", "task", "dataset"].contains(word) ? 0.5 : 1
}
