import Glibc

/// Facts about this process and its machine.
package enum ProcessFacts {
  /// Largest amount of memory the process held so far, in bytes; `nil` when the system does not tell.
  ///
  /// `VmHWM` of proc(5): getrusage(2) counts what the parent held before exec, too.
  package static var peakMemory: Int? {
    let line = text(of: "/proc/self/status")?.split(separator: "\n").first {
      $0.hasPrefix("VmHWM:")
    }
    return line?.split { !$0.isNumber }.first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  /// Memory that the process holds now, in bytes; `nil` when the system does not tell.
  package static var currentMemory: Int? {
    // Total and resident pages come first in statm of proc(5).
    let fields = text(of: "/proc/self/statm")?.split(separator: " ")
    guard let fields, fields.count > 1, let pages = Int(fields[1]) else { return nil }
    return pages * sysconf(Int32(_SC_PAGESIZE))
  }

  /// Whether no process of this machine has that number.
  package static func isGone(_ process: Int32) -> Bool { kill(process, 0) != 0 && errno == ESRCH }

  /// Memory of the machine, in bytes.
  package static var physicalMemory: Int {
    sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
  }

  /// The most that this process may hold, in bytes: the machine's memory, or less where a control group (a batch
  /// job, a container) or the variables of a batch engine say so.
  package static var allowedMemory: Int {
    let group = groupFiles(of: "memory", "memory.max", "memory.limit_in_bytes").compactMap {
      Int($0[0])
    }.min()
    return min(physicalMemory, group ?? .max, JobLimits.own.memory ?? .max)
  }

  /// The processors that a control group's share of time or the variables of a batch engine leave to this process;
  /// `nil`: all that it may run on.
  package static var processorLimit: Int? {
    let times = groupFiles(of: "cpu", "cpu.max", "cpu.cfs_quota_us").compactMap { fields in
      Double(fields[0]).flatMap { quota in
        // Version 1 has the period, nearly always this one, in a file of its own.
        let period = fields.count > 1 ? Double(fields[1]) ?? 0 : 100_000
        return quota > 0 && period > 0 ? max(1, Int(saturating: (quota / period).rounded())) : nil
      }
    }
    return (times + [JobLimits.own.processors].compactMap(\.self)).min()
  }

  /// What a file says in the process's control group and in those above it, of cgroups(7) version 2 or 1: its
  /// fields, at least one.
  private static func groupFiles(
    of controller: String, _ second: String, _ first: String
  ) -> [[Substring]] {
    var found: [[Substring]] = []
    for line in text(of: "/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isV2 = fields[1].isEmpty
      guard isV2 || fields[1].split(separator: ",").contains(Substring(controller)) else {
        continue
      }
      let root = isV2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
      var group = String(fields[2])
      while group.isEmpty || group.hasPrefix("/") {
        let line = self.line(of: "\(root)\(group)/\(isV2 ? second : first)")
        if let fields = line?.split(separator: " "), !fields.isEmpty { found.append(fields) }
        guard !group.isEmpty else { break }
        group = group == "/" ? "" : parentFolder(group)
      }
    }
    return found
  }

  /// The first line of a small file that the system makes up.
  static func line(of path: String) -> String? {
    text(of: path)?.split(separator: "\n").first.map(String.init)
  }

  /// The start of a small file that the system makes up.
  private static func text(of path: String) -> String? {
    let file = SystemCall.open(path, O_RDONLY)
    guard file >= 0 else { return nil }
    defer { close(file) }
    let bytes = SystemCall.read(file, upTo: 8192)
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Path of the running binary, links resolved; `nil` when the system does not tell.
  package static var executablePath: String? { SystemCall.readlink("/proc/self/exe") }

  /// Name of the machine.
  package static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard unsafe gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The machine's name as it may stand in names of files: letters, digits and hyphens.
  package static let hostLabel = String(
    decoding: hostName.utf8.prefix(64).map { byte in
      let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
      return isPlain ? byte : UInt8(ascii: "-")
    }, as: UTF8.self)

  /// The time now in UTC, as `2026-11-23T12:49:37Z`.
  package static var timestamp: String {
    var now = time(nil)
    var text = [CChar](repeating: 0, count: 32)
    var parts = unsafe tm()
    unsafe gmtime_r(&now, &parts)
    let count = unsafe strftime(&text, text.count, "%Y-%m-%dT%H:%M:%SZ", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Seconds of a clock that only runs forward.
  package static var monotonicSeconds: Double { seconds(CLOCK_MONOTONIC) }

  /// What one of the system's clocks says, in seconds.
  package static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
