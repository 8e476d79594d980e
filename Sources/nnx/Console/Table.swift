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

    static func left(_ title: String, minimum: Int? = nil, rank: Int? = nil) -> Column {
      Column(title: title, alignment: .left, minimum: minimum, rank: rank)
    }

    static func right(_ title: String, rank: Int? = nil) -> Column {
      Column(title: title, alignment: .right, minimum: nil, rank: rank)
    }
  }

  private static let gap = 2

  private let columns: [Column]
  private let width: Int
  private var rows: [[String]] = []

  /// - Parameter width: columns of the terminal.
  init(_ columns: [Column], width: Int) {
    self.columns = columns
    self.width = width
  }

  /// - Parameter columns: title and alignment of each column; none gives way.
  init(_ columns: [(String, Alignment)]) {
    self.init(columns.map { Column(title: $0.0, alignment: $0.1) }, width: .max)
  }

  mutating func add(_ row: [String]) {
    precondition(row.count == columns.count, "\(row.count) cells for \(columns.count) columns")
    rows.append(row)
  }

  /// The lines of the table, without trailing spaces.
  var lines: [String] {
    let (shown, widths) = layout()
    return ([columns.map(\.title)] + rows).map { row in
      var line = ""
      for index in shown {
        let cell = row[index].shortened(to: widths[index])
        line += line.isEmpty && index == shown.first ? "" : String(repeating: " ", count: Self.gap)
        line +=
          columns[index].alignment == .left
          ? cell.padding(to: widths[index]) : cell.leftPadding(to: widths[index])
      }
      return String(line.reversed().drop { $0 == " " }.reversed()).shortened(to: width)
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
