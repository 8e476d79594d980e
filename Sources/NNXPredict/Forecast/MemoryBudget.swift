import NNXImage
import NNXSystem
import NNXTensor

/// How much memory predictions may take, and where images go that would take more.
package struct MemoryBudget: Equatable, Sendable {
  /// Bytes; `nil`: what the machine gives.
  package let limit: Int?
  /// Folder for the files of arrays that are held below the limit.
  let cache: String

  package init(limit: Int?, cache: String) { (self.limit, self.cache) = (limit, cache) }

  /// Whether so many bytes leave room for what else is there: below the limit even where an estimate is wrong, or half of
  /// what the machine gives.
  func hasRoom(_ bytes: Int) -> Bool {
    limit.map { Estimate.fits(bytes, below: $0) } ?? (bytes <= ProcessFacts.allowedMemory / 2)
  }

  /// What cases take together.
  struct Load {
    /// Bytes of the case that needs most; 0 where no header can be read.
    var peak = 0
    /// Runs of networks: of the case that takes most, and of all.
    var longest = 0.0
    var all = 0.0
  }

  /// The case of several that needs most: the others fit where it does.
  private struct Need {
    var item: Case
    var peak = 0
    var least = 0
    /// Whether the spacing is in doubt.
    var isOdd = false
  }

  /// Compares what cases need with what there is, before any voxel is read, and makes the process keep below the
  /// limit where one is given.
  ///
  /// A case whose header cannot be read says so when its turn comes, and stops no other.
  ///
  /// - Parameter note: is told what a person should know.
  /// - Throws: `memory` when a case fits neither way; `no-space`, `cannot-write`; `unsupported-network`.
  func hold(
    _ forecast: Forecast, _ cases: [Case], note: (String) -> Void
  ) throws(NNXError) -> Load {
    // Networks that cannot run say so before anything is read.
    for index in forecast.stages.indices { _ = try forecast.networkBytes(index, replicas: 1) }
    let (need, load) = largest(forecast, cases, note)
    guard need.peak > 0 else { return load }
    guard let limit else {
      try check(need, forecast)
      return load
    }
    let usable = limit - MemoryLimit.reserve(of: limit)
    guard need.least <= usable else {
      let smallest = MemoryLimit.smallest(holding: need.least)
      throw NNXError(
        .memory,
        "\(need.item.name) cannot be done in \(Quantity.bytes(limit)): one network and its patch take "
          + Quantity.bytes(need.least),
        fixes: ["Give it at least --max-memory \(Self.typed(smallest))"]
          + oneThread(forecast, need) { $0.leastBytes <= usable })
    }
    guard !Estimate.fits(need.peak, below: limit) else { return load }
    try checkRoom(need)
    note("  images go through files in \(cache), to stay below the limit")
    MemoryLimit.set(limit, folder: cache)
    return load
  }

  private func largest(
    _ forecast: Forecast, _ cases: [Case], _ note: (String) -> Void
  ) -> (Need, Load) {
    var (need, load) = (Need(item: cases[0]), Load())
    for item in cases {
      guard let estimates = try? forecast.estimates(item) else { continue }
      let grows = estimates.contains(where: \.growsOddly)
      if grows { note(Estimate.oddness(of: item.name)) }
      let patches = estimates.reduce(0) { $0 + Double($1.patches) }
      (load.longest, load.all) = (max(load.longest, patches), load.all + patches)
      let peak = estimates.map(\.peakBytes).max() ?? 0
      guard peak > need.peak else { continue }
      load.peak = peak
      need = Need(
        item: item, peak: peak, least: estimates.map(\.leastBytes).max() ?? 0, isOdd: grows)
    }
    return (need, load)
  }

  /// Compares what is needed with what the machine has.
  private func check(_ need: Need, _ forecast: Forecast) throws(NNXError) {
    let allowed = ProcessFacts.allowedMemory
    guard need.peak > allowed else { return }
    throw NNXError(
      .memory,
      "\(need.item.name) needs about \(Quantity.bytes(need.peak)) of memory, and this machine gives "
        + Quantity.bytes(allowed),
      fixes: need.isOdd
        ? Self.spacingFirst
        : throughFiles(need.least, below: allowed)
          + oneThread(forecast, need) { $0.peakBytes <= allowed }
          + ["Ask for a machine or a job with more memory"])
  }

  /// A limit below `most` that the work fits in.
  private func throughFiles(_ least: Int, below most: Int) -> [String] {
    let unit = 256 << 20
    // Half as much again, so that pages are not read over and over; in round numbers.
    let comfortable = (least * 3 / 2 / unit + 1) * unit
    guard comfortable < most else { return [] }
    return ["Let images go through files: --max-memory \(Self.typed(comfortable))"]
  }

  /// One thread instead of several, where that is enough.
  private func oneThread(
    _ forecast: Forecast, _ need: Need, fits: (Estimate) -> Bool
  ) -> [String] {
    guard forecast.threads.count > 1,
      let estimates = try? forecast.onOneThread().estimates(need.item), estimates.allSatisfy(fits)
    else { return [] }
    return ["Use fewer threads, each has memory of its own: --threads 1"]
  }

  /// As one types it, rounded up.
  private static func typed(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20)M" }

  private static let spacingFirst = ["Check the image's spacing: is it in mm?"]

  /// Whether the files of arrays have room.
  private func checkRoom(_ need: Need) throws(NNXError) {
    try Folder.create(cache)
    guard Folder.isInMemory(cache) != true else {
      throw NNXError(
        .memory, "--max-memory needs a cache on a disk, and \(cache) lies in memory",
        fixes: ["Put the cache on a disk: export XDG_CACHE_HOME=/big/disk/cache"])
    }
    let free = try Folder.freeSpace(at: cache)
    guard free > need.peak else {
      throw NNXError(
        need.isOdd ? .memory : .noSpace,
        "images would go through files of \(Quantity.bytes(need.peak)), and \(cache) has room for "
          + Quantity.bytes(free),
        fixes: need.isOdd
          ? Self.spacingFirst
          : ["Free some space with: nnx cache prune", "Give more memory: --max-memory"])
    }
  }
}
