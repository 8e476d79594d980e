/// A code of deflate (RFC 1951, 3.2.2) for symbols that occur so and so often: the shortest with no more than so many
/// bits a symbol.
struct PrefixCode {
  /// How many bits each symbol has; 0 for those that do not occur.
  let lengths: [UInt8]
  /// Of each symbol, in the order in which they go into the stream, the first one lowest.
  let bits: [UInt16]

  /// - Parameters:
  ///   - counts: how often each symbol occurs. At least two get bits, since not all readers take a code of one.
  ///   - limit: up to 15.
  init(counts: [Int], limit: Int) {
    lengths = Self.lengths(counts, limit)
    bits = Self.bits(lengths)
  }

  /// By the package-merge algorithm (Larmore and Hirschberg 1990): a symbol has as many bits as there are levels that
  /// take it, and each level has symbols and pairs of what the one below has, the rarest first.
  private static func lengths(_ counts: [Int], _ limit: Int) -> [UInt8] {
    var symbols = counts.indices.filter { counts[$0] > 0 }
    for symbol in 0..<2 where symbols.count < 2 && !symbols.contains(symbol) {
      symbols.append(symbol)
    }
    symbols.sort { (counts[$0], $0) < (counts[$1], $1) }
    precondition(symbols.count <= 1 << limit, "\(symbols.count) symbols in \(limit) bits")
    var weights: [Int] = []
    var levels: [[Bool]] = []
    for _ in 0..<limit {
      let below = weights
      weights = []
      var areSymbols: [Bool] = []
      var (symbol, pair) = (0, 0)
      while symbol < symbols.count || pair + 1 < below.count {
        let both = pair + 1 < below.count ? below[pair] + below[pair + 1] : .max
        let isSymbol = symbol < symbols.count && counts[symbols[symbol]] <= both
        weights.append(isSymbol ? counts[symbols[symbol]] : both)
        areSymbols.append(isSymbol)
        if isSymbol { symbol += 1 } else { pair += 2 }
      }
      levels.append(areSymbols)
    }
    var lengths = [UInt8](repeating: 0, count: counts.count)
    var taken = 2 * symbols.count - 2
    for areSymbols in levels.reversed() {
      let own = areSymbols[..<taken].count { $0 }
      for symbol in symbols[..<own] { lengths[symbol] += 1 }
      taken = 2 * (taken - own)
    }
    return lengths
  }

  /// Codes of one length follow each other in the order of their symbols, after those that are shorter.
  private static func bits(_ lengths: [UInt8]) -> [UInt16] {
    var bits = [UInt16](repeating: 0, count: lengths.count)
    var code = 0
    for length in 1...15 {
      code <<= 1
      for symbol in lengths.indices where lengths[symbol] == length {
        var (rest, reversed) = (code, 0)
        for _ in 0..<length {
          reversed = reversed << 1 | rest & 1
          rest >>= 1
        }
        bits[symbol] = UInt16(reversed)
        code += 1
      }
    }
    return bits
  }
}
