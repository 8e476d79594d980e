import CLinux

extension Folder {
  /// Whether `path` lies on a file system that several machines may write at once, or that hides from
  /// us whether they do: shared memory between processes and byte-range locks cannot be relied on there.
  ///
  /// Numbers are those of statfs(2) and linux/magic.h. `nil` when the system does not tell.
  package static func isOnNetwork(_ path: String) -> Bool? {
    type(of: path).map(networkTypes.contains)
  }

  /// Whether what lies in `path` takes memory, not disk: tmpfs and ramfs, by the same numbers. `nil` when
  /// the system does not tell.
  package static func isInMemory(_ path: String) -> Bool? {
    type(of: path).map { [0x0102_1994, 0x8584_58F6].contains($0) }
  }

  private static func type(of path: String) -> UInt32? {
    SystemCall.fileSystem(of: path).map { UInt32(truncatingIfNeeded: $0.f_type) }
  }

  private static let networkTypes: Set<UInt32> = [
    0x6969,  // NFS
    0x517B, 0xFE53_4D42, 0xFF53_4D42,  // SMB, SMB2, CIFS
    0x0BD0_0BD0,  // Lustre
    0x4750_4653,  // GPFS
    0x00C3_6400,  // Ceph
    0x1983_0326,  // BeeGFS
    0xAAD7_AAEA,  // PanFS
    0x2003_0528,  // OrangeFS
    0x5346_414F, 0x7375_7245,  // AFS, Coda
    0x0102_1997,  // 9P
    0x786F_4256,  // shared folders of VirtualBox
    0x6573_5546,  // FUSE: sshfs and whatever else
    0x7461_636F, 0x0116_1970,  // OCFS2, GFS2
  ]
}
