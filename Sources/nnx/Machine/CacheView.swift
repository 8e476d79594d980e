import ArgumentParser
import Glibc
import NNXStore
import NNXSystem

/// How `nnx cache` shows what takes space.
enum CacheView {
  static func table(_ items: [CacheItem], in context: Context) -> [String] {
    guard !items.isEmpty else { return ["The cache is empty and no model is installed."] }
    var table = Table(
      [
        .left("WHAT", minimum: 20), .right("SIZE"), .left("USED", rank: 0),
        .left("NOTE", minimum: 28),
      ],
      in: context)
    for item in items {
      table.add([item.name, Quantity.bytes(item.size), age(of: item.used), note(item)])
    }
    return table.lines
  }

  static func json(_ item: CacheItem) -> Members {
    [
      "what": item.name, "kind": item.kind.rawValue, "bytes": item.size, "used": item.used,
      "share": item.share, "note": note(item), "paths": item.paths,
    ]
  }

  /// `30d`, `12h`, `2w` in seconds.
  static func seconds(_ text: String) throws -> Int {
    let units = ["m": 60, "h": 3600, "d": 86400, "w": 604_800]
    guard let last = text.last, let unit = units[String(last)], let count = Int(text.dropLast()),
      count >= 0, count < 100_000
    else { throw ValidationError("'\(text.excerpt)' is no age; write 30d, 12h or 2w") }
    return count * unit
  }

  private static func note(_ item: CacheItem) -> String {
    switch item.kind {
    case .weights: return "needed"
    case .checkpoints:
      let isNeeded = item.model?.receipt.sets.contains { $0.unsupported != nil } == true
      if item.model?.isLocal == true { return "from a file or folder of yours" }
      return isNeeded ? "needed by nnU-Net" : "nnx cache prune --checkpoints"
    case .partial:
      return item.share.map { "resumes at \(Int(saturating: $0 * 100)) %" } ?? "resumes"
    case .archive: return "nnx cache prune"
    case .rejected: return "not what was promised; nnx cache prune"
    case .staging: return "of a killed install; nnx cache prune"
    case .index: return "of nnx gather, made anew when needed"
    }
  }

  private static func age(of seconds: Int) -> String {
    let days = max(0, (time(nil) - seconds) / 86400)
    return days == 0 ? "today" : days == 1 ? "yesterday" : "\(days) days ago"
  }
}
