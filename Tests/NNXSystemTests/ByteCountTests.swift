import NNXSystem
import Testing

@Suite struct ByteCountTests {
  @Test(arguments: [
    ("0", 0), ("1", 1), ("12 ", 12), ("512b", 512), ("1k", 1024), ("64K", 65_536),
    ("800M", 838_860_800), ("4G", 4 << 30), ("4GiB", 4 << 30), ("4gib", 4 << 30),
    ("4GB", 4_000_000_000), ("1.5k", 1536), ("4 GiB", 4 << 30), ("2 TB", 2_000_000_000_000),
    ("1T", 1 << 40),
    ("0.1k", 102),
  ])
  func amountsAreRead(text: String, bytes: Int) { #expect(ByteCount(text)?.bytes == bytes) }

  @Test(arguments: [
    "", " ", "G", "-1", "-1G", "4G4", "+1", "4X", "4Gi", "4GBB", "four", "1e3", "1_000", "1.2.3",
    "0x10", "٣",
    "9000000T", "99999999999999999999", "inf", "nan", "4 G G",
  ])
  func textsThatAreNoAmounts(_ text: String) { #expect(ByteCount(text) == nil) }
}
