import Glibc
import NNXPredict
import NNXSystem
import TestSupport
import Testing

@Suite struct StampedFileTests {
  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = try folder.write("image.nii.gz", [1, 2, 3])
  }

  /// Somebody corrects a byte, and sets the old time again: seen by the time that nobody can set.
  @Test func anEditThatKeepsSizeAndTimeIsSeen() throws {
    let before = try #require(StampedFile(path))
    var times = [timespec(), timespec()]
    let status = try #require(SystemCall.status(of: path))
    (times[0], times[1]) = (status.st_atim, status.st_mtim)
    usleep(20_000)
    let descriptor = unsafe open(path, O_WRONLY)
    #expect(unsafe write(descriptor, [9] as [UInt8], 1) == 1)
    close(descriptor)
    #expect(unsafe utimensat(AT_FDCWD, path, times, 0) == 0)
    let after = try #require(StampedFile(path))
    #expect(after.stamp.size == before.stamp.size && after.stamp.inode == before.stamp.inode)
    #expect(after.stamp.written == before.stamp.written)
    #expect(after.stamp.changed > before.stamp.changed && after != before)
  }

  /// A record of it reads back as the same; a link to the file names the same file.
  @Test func recordsHoldAllOfIt() throws {
    let stamped = try #require(StampedFile(path, as: "name"))
    let json = OrderedJSON(encoding: stamped)
    #expect(json["path"]?.string == "name" && json["size"]?.int == 3)
    #expect(try json.decode(StampedFile.self) == stamped)
    #expect(SystemCall.symlink(folder.path + "/link", to: path))
    #expect(StampedFile(folder.path + "/link", as: "name") == stamped)
    #expect(StampedFile(folder.path + "/none") == nil)
  }
}
