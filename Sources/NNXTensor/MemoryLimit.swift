import Dispatch
import Glibc
internal import NNXSystem
import Synchronization

/// The most memory that this process may hold, and how arrays as large as images stay below it.
///
/// Under a limit such arrays lie in files without names, mapped into memory: the same code computes the
/// same bytes. A watcher compares the resident set (proc(5)) with the limit and hands the pages of these
/// arrays back to the system when it comes near; the system keeps what it has room for and reads the rest
/// again when it is touched. Memory that a network works in stays where it is.
package enum MemoryLimit {
  /// Arrays of fewer bytes are not worth a file.
  static let smallestArray = 4 << 20
  /// Time between two looks at the resident set, in microseconds. Page faults bring in tens of gigabytes a
  /// second at most, so that what comes between two looks is well below `reserve`.
  private static let interval: UInt32 = 1000

  private struct State {
    var limit: Int?
    var folder = ""
    /// Bytes of each array by its address.
    var arrays: [UInt: Int] = [:]
  }

  private static let state = Mutex(State())

  /// What is kept free of `limit` for growth between two looks.
  package static func reserve(of limit: Int) -> Int { max(48 << 20, limit / 16) }

  /// The smallest limit under which so many bytes can be held that cannot go through files.
  package static func smallest(holding bytes: Int) -> Int {
    max(bytes + reserve(of: 0), (bytes * 16 + 14) / 15)
  }

  /// Holds the process below a limit from now on: arrays made before are not counted in.
  ///
  /// - Parameters:
  ///   - bytes: of the resident set.
  ///   - folder: where the files lie: on a disk, with room for all arrays together.
  package static func set(_ bytes: Int, folder: String) {
    let isFirst = state.withLock { state in
      defer { (state.limit, state.folder) = (bytes, folder) }
      return state.limit == nil
    }
    guard isFirst else { return }
    DispatchQueue(label: "memory limit", qos: .userInteractive).async {
      while true {
        usleep(interval)
        state.withLock { handBack(&$0) }
      }
    }
  }

  private static func handBack(_ state: inout State) {
    guard let limit = state.limit, let held = ProcessFacts.currentMemory,
      held > limit - reserve(of: limit)
    else { return }
    for (address, size) in state.arrays {
      unsafe madvise(UnsafeMutableRawPointer(bitPattern: address), size, MADV_DONTNEED)
    }
  }

  /// Memory of zeros in a file; `nil` when there is no limit or the array is small.
  static func map(_ size: Int) -> UnsafeMutableRawPointer? {
    guard size >= smallestArray else { return nil }
    return unsafe state.withLock { state -> UInt? in
      guard state.limit != nil else { return nil }
      let address = unsafe fileMemory(size, state.folder)
      state.arrays[UInt(bitPattern: address)] = size
      return UInt(bitPattern: address)
    }.flatMap { unsafe UnsafeMutableRawPointer(bitPattern: $0) }
  }

  /// Frees what `map` gave.
  static func unmap(_ address: UnsafeMutableRawPointer, _ size: Int) {
    state.withLock {
      $0.arrays[UInt(bitPattern: address)] = nil
      unsafe munmap(address, size)
    }
  }

  private static func fileMemory(_ size: Int, _ folder: String) -> UnsafeMutableRawPointer {
    // Without a name the file ends with the process, however that ends.
    var template = Array("\(folder)/nnx-array-XXXXXX".utf8CString)
    let file = unsafe mkstemp(&template)
    guard file >= 0 else { fail("cannot create a file for an array in \(folder)", size) }
    defer { close(file) }
    unsafe unlink(template)
    // Room is taken now: a full disk would end the process by a signal at some store later.
    let error = posix_fallocate(file, 0, size)
    guard error == 0 else { fail("no room for an array in \(folder)", size) }
    let address = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      fail("cannot map an array in \(folder)", size)
    }
    return unsafe address
  }

  /// Ends the process: arrays are made where nothing can be thrown.
  static func fail(_ what: String, _ size: Int) -> Never {
    let text = """
      error[memory]: \(what): \(size) bytes were asked for
        Use fewer threads, or stay below a limit: --max-memory 4G

      """
    _ = unsafe text.withCString { unsafe write(2, $0, strlen($0)) }
    Interruption.leave(with: .memory)
  }
}
