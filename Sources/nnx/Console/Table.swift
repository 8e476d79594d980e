import NNXSystem

/// Columns of text, as wide as their widest cell, and together no wider than the terminal.
struct Table {
  enum Alignment {
    case left, right
  }

  struct Column {
    let title: String
    let alignment: Alignment
    /// How narrow it may become for the sake of the others; `nil`: it keeps its cells whole.
    var minimum: Int?
    /// Columns with the lowest number go first when there is no room; `nil`: it stays.
    var rank: Int?
    /// Whether a cell that is cut keeps its end: names may differ there alone, as left and right do.
    var keepsEnd = false

    static func left(
      _ title: String, minimum: Int? = nil, rank: Int? = nil, keepsEnd: Bool = false
    ) -> Column {
      Column(title: title, alignment: .left, minimum: minimum, rank: rank, keepsEnd: keepsEnd)
    }

    static func right(_ title: String, rank: Int? = nil) -> Column {
      Column(title: title, alignment: .right, minimum: nil, rank: rank)
    }
  }

  private static let gap = 2

  private let columns: [Column]
  private let width: Int
  private let palette: Palette
  private var rows: [[String]] = []
  /// Inks of cells, by row and column.
  private var inks: [[Int: Palette.Ink]] = []

  /// - Parameter width: columns of the terminal.
  init(_ columns: [Column], width: Int, palette: Palette = .plain) {
    self.columns = columns
    self.width = width
    self.palette = palette
  }

  /// A table for a terminal: no wider, and coloured where that is wanted.
  init(_ columns: [Column], in context: Context) {
    self.init(columns, width: context.tableWidth, palette: context.palette)
  }

  /// - Parameter columns: title and alignment of each column; none gives way.
  init(_ columns: [(String, Alignment)]) {
    self.init(columns.map { Column(title: $0.0, alignment: $0.1) }, width: .max)
  }

  /// - Parameter inks: of cells that say how things are, by column.
  mutating func add(_ row: [String], inks: [Int: Palette.Ink] = [:]) {
    precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
    rows.append(row.map(\.printableLine))
    self.inks.append(inks)
  }

  /// The lines of the table, without trailing spaces.
  var lines: [String] {
    let (shown, widths) = layout()
    let title = Dictionary(uniqueKeysWithValues: columns.indices.map { ($0, Palette.Ink.faint) })
    let all = [(columns.map(\.title), title)] + Array(zip(rows, inks))
    return all.map { row, inks in
      let cells = shown.map { index in
        let cell =
          columns[index].keepsEnd
          ? row[index].cut(to: widths[index]) : row[index].shortened(to: widths[index])
        return columns[index].alignment == .left
          ? cell.padding(to: widths[index]) : cell.leftPadding(to: widths[index])
      }
      let gap = String(repeating: " ", count: Self.gap)
      let line = cells.joined(separator: gap)
      guard palette.depth != .none, line.count <= width else {
        return line.withoutTrailingSpaces.shortened(to: width)
      }
      // The last column needs no spaces behind it.
      let last = cells.indices.last
      return cells.indices.map { position in
        let isLast = position == last && columns[shown[position]].alignment == .left
        let cell =
          isLast
          ? cells[position].withoutTrailingSpaces : cells[position]
        return palette.paint(cell, inks[shown[position]])
      }.joined(separator: gap)
    }
  }

  /// The columns to show, and the width of every column.
  private func layout() -> (shown: [Int], widths: [Int]) {
    var widths = columns.indices.map { column in
      ([columns[column].title] + rows.map { $0[column] }).map(\.count).max() ?? 0
    }
    var shown = columns.indices.filter { widths[$0] > 0 }
    while true {
      let excess =
        shown.reduce(Self.gap * (shown.count - 1)) { $0 + widths[$1] } - width
      if excess <= 0 { break }
      let slack = shown.map { max(0, widths[$0] - (columns[$0].minimum ?? widths[$0])) }
      if let most = slack.indices.max(by: { slack[$0] < slack[$1] }), slack[most] > 0 {
        widths[shown[most]] -= 1
        continue
      }
      let next = shown.filter { columns[$0].rank != nil }.min {
        (columns[$0].rank ?? 0) < (columns[$1].rank ?? 0)
      }
      guard let next else { break }
      shown.removeAll { $0 == next }
      // What was squeezed for the column that went may grow again.
      for index in shown where columns[index].minimum != nil {
        widths[index] = ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 0
      }
    }
    return (shown, widths)
  }
}
