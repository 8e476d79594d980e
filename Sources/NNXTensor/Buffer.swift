import Glibc
internal import NNXSystem

/// Page-aligned memory for `count` elements, all zero bits at first, in huge pages where the system
/// gives them.
///
/// Pages are committed when they are first touched. Whoever writes from several threads keeps their
/// regions apart.
@safe package final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
  /// Number of elements.
  package let count: Int
  /// The first element. Valid while this object lives.
  package let base: UnsafeMutablePointer<Element>
  private let size: Int
  /// Whether the memory lies in a file (`MemoryLimit`).
  private let isInFile: Bool

  /// Bytes of address space; memory only where it was touched.
  package var bytes: Int { size }

  /// - Parameter staysInMemory: for memory that is used over and over: it may not go to a file while
  ///   `MemoryLimit` holds.
  package init(_ count: Int, staysInMemory: Bool = false) {
    precondition(count >= 0, "negative count")
    self.count = count
    guard let size = [max(count, 1), MemoryLayout<Element>.stride].product else {
      MemoryLimit.fail("out of memory", .max)
    }
    self.size = size
    if !staysInMemory, let address = unsafe MemoryLimit.map(size) {
      unsafe base = address.bindMemory(to: Element.self, capacity: max(count, 1))
      isInFile = true
      return
    }
    isInFile = false
    // mmap gives zero pages on demand and page alignment; malloc'ed memory would have to be cleared.
    let address = unsafe mmap(
      nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      MemoryLimit.fail("out of memory", size)
    }
    unsafe madvise(address, size, MADV_HUGEPAGE)
    unsafe base = address.bindMemory(to: Element.self, capacity: max(count, 1))
  }

  /// Memory for as many elements as a grid of these extents has; ends the process when they cannot be
  /// counted, as when there is no memory.
  package convenience init(grid extents: [Int]) {
    guard let count = extents.product else { MemoryLimit.fail("out of memory", .max) }
    self.init(count)
  }

  package convenience init(_ values: [Element]) {
    self.init(values.count)
    for index in values.indices { unsafe base[index] = values[index] }
  }

  deinit {
    if isInFile {
      unsafe MemoryLimit.unmap(base, size)
    } else {
      unsafe munmap(base, size)
    }
  }
}
