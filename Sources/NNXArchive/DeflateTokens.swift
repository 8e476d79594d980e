/// Bytes and repeats on their way into blocks of deflate with codes of their own (RFC 1951, 3.2.5 to 3.2.7).
struct DeflateTokens {
  /// Lengths of a repeat, and how far back it may begin.
  static let (shortest, longest, farthest) = (3, 258, 32768)
  private static let end = 256
  /// So many share codes: enough for what tells the codes to weigh little, few enough to follow the content.
  private static let most = 1 << 15

  /// A byte as it is, or a repeat: its length above the lowest 16 bits, its distance less 1 in them, and the highest bit.
  private var tokens: [UInt32] = []
  private var symbols = [Int](repeating: 0, count: 286)
  private var distances = [Int](repeating: 0, count: 30)

  var isFull: Bool { tokens.count == Self.most }

  mutating func append(_ byte: UInt8) {
    tokens.append(UInt32(byte))
    symbols[Int(byte)] += 1
  }

  /// - Parameters:
  ///   - length: of the repeat, within `shortest...longest`.
  ///   - distance: up to `farthest`.
  mutating func append(length: Int, distance: Int) {
    tokens.append(1 << 31 | UInt32(length) << 16 | UInt32(distance - 1))
    symbols[257 + Part.lengths.place(length)] += 1
    distances[Part.distances.place(distance)] += 1
  }

  /// Writes all as one block, and forgets them.
  ///
  /// - Parameter isLast: whether the stream ends with it.
  mutating func write(to writer: inout BitWriter, isLast: Bool) {
    symbols[Self.end] += 1
    let code = PrefixCode(counts: symbols, limit: 15)
    let distanceCode = PrefixCode(counts: distances, limit: 15)
    writer.put(isLast ? 0b101 : 0b100, 3)
    CodeLengths(code.lengths, distanceCode.lengths).write(to: &writer)
    for token in tokens {
      guard token >> 31 == 1 else {
        writer.put(code, Int(token))
        continue
      }
      let (length, distance) = (Int(token >> 16 & 0x7FFF), Int(token & 0xFFFF) + 1)
      let lengthPlace = Part.lengths.place(length)
      writer.put(code, 257 + lengthPlace)
      writer.put(Part.lengths, lengthPlace, length)
      let distancePlace = Part.distances.place(distance)
      writer.put(distanceCode, distancePlace)
      writer.put(Part.distances, distancePlace, distance)
    }
    writer.put(code, Self.end)
    tokens.removeAll(keepingCapacity: true)
    for index in symbols.indices { symbols[index] = 0 }
    for index in distances.indices { distances[index] = 0 }
  }
}

/// The numbers that a symbol stands for: from its first one on, as many as its further bits can tell.
private struct Part {
  private(set) var first: [Int] = []
  private(set) var bits: [Int] = []
  private var places: [UInt8] = []

  /// Of lengths from 3 to 258; the longest has a symbol of its own.
  static let lengths = Part(from: 3, bits: (0..<28).map { max(0, $0 / 4 - 1) }, last: 258)
  /// Of distances from 1 to 32768.
  static let distances = Part(from: 1, bits: (0..<30).map { max(0, $0 / 2 - 1) })

  private init(from start: Int, bits: [Int], last: Int? = nil) {
    var next = start
    for bits in bits {
      first.append(next)
      next += 1 << bits
    }
    self.bits = bits
    if let last {
      first.append(last)
      self.bits.append(0)
      next = last + 1
    }
    places = [UInt8](repeating: 0, count: next)
    for place in first.indices {
      let after = place + 1 < first.count ? first[place + 1] : next
      for number in first[place]..<after { places[number] = UInt8(place) }
    }
  }

  /// The symbol of a number.
  func place(_ number: Int) -> Int { Int(places[number]) }
}

/// How many bits the symbols of two codes have, as a block begins with them (RFC 1951, 3.2.7).
private struct CodeLengths {
  private let counts: (symbols: Int, distances: Int)
  /// Lengths (up to 15) and repeats (16 to 18), with what their further bits tell.
  private var items: [(symbol: Int, extra: Int)] = []

  private static let order = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]
  private static let extraBits = [Int](repeating: 0, count: 16) + [2, 3, 7]

  init(_ symbols: [UInt8], _ distances: [UInt8]) {
    func used(_ lengths: [UInt8]) -> Int { (lengths.lastIndex { $0 > 0 } ?? 0) + 1 }
    counts = (max(257, used(symbols)), used(distances))
    let lengths = symbols[..<counts.symbols] + distances[..<counts.distances]
    var rest = lengths[...]
    while let length = rest.first {
      let run = rest.prefix { $0 == length }.count
      var done = 0
      if length > 0 {
        items.append((Int(length), 0))
        done = 1
      }
      while run - done >= 3 {
        let step = min(run - done, length > 0 ? 6 : 138)
        let symbol = length > 0 ? 16 : step < 11 ? 17 : 18
        items.append((symbol, step - (symbol == 18 ? 11 : 3)))
        done += step
      }
      for _ in done..<run { items.append((Int(length), 0)) }
      rest = rest.dropFirst(run)
    }
  }

  func write(to writer: inout BitWriter) {
    var occurrences = [Int](repeating: 0, count: 19)
    for item in items { occurrences[item.symbol] += 1 }
    let code = PrefixCode(counts: occurrences, limit: 7)
    let ordered = Self.order.map { code.lengths[$0] }
    let count = max(4, (ordered.lastIndex { $0 > 0 } ?? 0) + 1)
    writer.put(UInt64(counts.symbols - 257), 5)
    writer.put(UInt64(counts.distances - 1), 5)
    writer.put(UInt64(count - 4), 4)
    for length in ordered[..<count] { writer.put(UInt64(length), 3) }
    for item in items {
      writer.put(code, item.symbol)
      writer.put(UInt64(item.extra), Self.extraBits[item.symbol])
    }
  }
}

extension BitWriter {
  fileprivate mutating func put(_ code: PrefixCode, _ symbol: Int) {
    put(UInt64(code.bits[symbol]), Int(code.lengths[symbol]))
  }

  /// What tells a number from the first one of its symbol.
  fileprivate mutating func put(_ part: Part, _ place: Int, _ number: Int) {
    put(UInt64(number - part.first[place]), part.bits[place])
  }
}
