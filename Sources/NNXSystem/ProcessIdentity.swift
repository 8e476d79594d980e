import Glibc

/// What tells one process from all others, on this machine and over its starts.
package enum ProcessIdentity {
  /// Number of this start of the machine; `nil` when the system does not tell.
  package static var boot: String? { ProcessFacts.line(of: "/proc/sys/kernel/random/boot_id") }

  /// The namespace that numbers of processes count in; `nil` when the system does not tell.
  package static var namespace: String? { SystemCall.readlink("/proc/self/ns/pid") }

  /// When a process began, in ticks since the start of the machine; `nil` where there is none of that number, or
  /// only what its parent has not been told of.
  package static func start(of process: Int) -> Int? {
    guard let line = ProcessFacts.line(of: "/proc/\(process)/stat"),
      let end = line.lastIndex(of: ")")
    else { return nil }
    // proc(5): behind the name, which may hold anything, state is the first and starttime the 20th.
    let fields = line[line.index(after: end)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return Int(fields[19])
  }

  /// This process.
  package static var own: Int { Int(getpid()) }
}
