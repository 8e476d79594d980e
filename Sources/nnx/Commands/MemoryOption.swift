import ArgumentParser
import NNXPredict
import NNXSystem
import NNXTensor

/// How much memory a prediction may take.
struct MemoryOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory to stay below, as in 4G; images go through files where they must.",
      valueName: "size"))
  var maxMemory: ByteCount?

  func validate() throws {
    guard maxMemory?.bytes ?? 1 > 0 else {
      throw ValidationError("--max-memory must be above 0")
    }
  }

  /// What the flag, else the settings say; `nil`: what the machine has.
  func limit(_ context: Context) -> Int? { maxMemory?.bytes ?? context.settings.maxMemory }

  /// Compares what the cases need with what there is, before any voxel is read, and makes the process
  /// keep below the limit where one is given.
  ///
  /// A case whose header cannot be read says so when its turn comes, and stops no other.
  ///
  /// - Throws: `memory` when a case fits neither way; `no-space`, `cannot-write`; `unsupported-network`.
  func apply(_ forecast: PredictForecast, _ cases: [Case]) throws {
    let limit = limit(forecast.context)
    try forecast.plan()
    // The case that needs most: the others fit where it does.
    var need = (item: cases[0], peak: 0, least: 0)
    var isOdd = false
    for item in cases {
      guard let estimates = try? forecast.estimates(item) else { continue }
      let grows = (estimates.map(\.growth).max() ?? 0) > MemoryOption.oddGrowth
      if grows {
        forecast.context.output.note(
          "note: \(item.name) has over a thousand times its voxels at the model's spacing; "
            + "is its own in mm?")
      }
      let peak = estimates.map(\.peakBytes).max() ?? 0
      guard peak > need.peak else { continue }
      need = (item, peak, estimates.map(\.leastBytes).max() ?? 0)
      isOdd = grows
    }
    guard need.peak > 0 else { return }
    guard let limit else {
      let allowed = ProcessFacts.allowedMemory
      guard need.peak > allowed else { return }
      throw NNXError(
        .memory,
        "\(need.item.name) needs about \(Quantity.bytes(need.peak)) of memory, and this machine gives "
          + Quantity.bytes(allowed),
        fixes: isOdd
          ? MemoryOption.spacingFirst
          : throughFiles(need.least, below: allowed) + fewerThreads(forecast.threads) + [
            "Ask for a machine or a job with more memory"
          ])
    }
    let usable = limit - MemoryLimit.reserve(of: limit)
    guard need.least <= usable else {
      throw NNXError(
        .memory,
        "\(need.item.name) cannot be done in \(Quantity.bytes(limit)): one network and its patch take "
          + Quantity.bytes(need.least),
        fixes: [
          "Give it at least --max-memory \(MemoryOption.words(MemoryLimit.smallest(holding: need.least)))"
        ] + fewerThreads(forecast.threads))
    }
    guard !Estimate.fits(need.peak, below: limit) else { return }
    let folder = try forecast.context.store().location.cache
    try checkRoom(folder, need.peak, isOdd: isOdd, forecast.context)
    MemoryLimit.set(limit, folder: folder)
  }

  /// Voxels at the model's spacing for each of the image, beyond which the spacing is in doubt: slices of
  /// 10 mm and pixels of 1 mm become 80 voxels of 0.5 mm.
  private static let oddGrowth = 1000.0

  /// A limit below `most` that the work fits in.
  private func throughFiles(_ least: Int, below most: Int) -> [String] {
    let unit = 256 << 20
    // Half as much again, so that pages are not read over and over; in round numbers.
    let comfortable = (least * 3 / 2 / unit + 1) * unit
    guard comfortable < most else { return [] }
    return ["Let images go through files: --max-memory \(MemoryOption.words(comfortable))"]
  }

  private func fewerThreads(_ threads: Threads) -> [String] {
    threads.count > 1 ? ["Use fewer threads, each has memory of its own: --threads 1"] : []
  }

  /// As one types it, rounded up.
  private static func words(_ bytes: Int) -> String { "\((bytes + (1 << 20) - 1) >> 20)M" }

  private static let spacingFirst = ["Check the image's spacing: is it in mm?"]

  /// - Parameter isOdd: whether a spacing is to blame when there is no room.
  private func checkRoom(
    _ folder: String, _ bytes: Int, isOdd: Bool, _ context: Context
  ) throws {
    try Folder.create(folder)
    guard Folder.isInMemory(folder) != true else {
      throw NNXError(
        .memory, "--max-memory needs a cache on a disk, and \(folder) lies in memory",
        fixes: ["Put the cache on a disk: export XDG_CACHE_HOME=/big/disk/cache"])
    }
    let free = try Folder.freeSpace(at: folder)
    guard free > bytes else {
      throw NNXError(
        isOdd ? .memory : .noSpace,
        "images would go through files of \(Quantity.bytes(bytes)), and \(folder) has room for "
          + Quantity.bytes(free),
        fixes: isOdd
          ? MemoryOption.spacingFirst
          : ["Free some space with: nnx cache prune", "Give more memory: --max-memory"])
    }
    context.output.note("  images go through files in \(folder), to stay below the limit")
  }
}

extension ByteCount: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension NNXError.Code {
  static let memory = NNXError.Code("memory", .memory)
}
