import FuzzTargets
import TestSupport
import Testing

/// The short form of Scripts/fuzz: the same readers, without a sanitizer, over damaged seeds. One reader
/// that ends the process ends the tests: the name of the one that was at work stands above.
///
/// Readers share folders, so that they have to wait for each other.
@Suite(.serialized)
struct FuzzTargetTests {
  @Test(arguments: FuzzTarget.all)
  func readersBearDamagedSeeds(_ target: FuzzTarget) throws {
    let seeds = try target.seeds()
    FuzzTarget.turn = 0
    #expect(
      seeds.contains { target.run($0) }, "fuzzing that begins with nothing whole goes nowhere")
    var chance = SeededGenerator(seed: 16)
    for _ in 0..<500 {
      guard var bytes = seeds.randomElement(using: &chance) else { return }
      for _ in 0..<Int.random(in: 1...4, using: &chance) { damage(&bytes, seeds, &chance) }
      FuzzTarget.turn = Int.random(in: 0..<12, using: &chance)
      _ = target.run(bytes)
    }
  }

  /// One of libFuzzer's own ways to change an input.
  private func damage(
    _ bytes: inout [UInt8], _ seeds: [[UInt8]], _ chance: inout SeededGenerator
  ) {
    let place = Int.random(in: 0...bytes.count, using: &chance)
    let end = min(bytes.count, place + [1, 2, 4, 8, 100].randomElement(using: &chance)!)
    switch Int.random(in: 0..<7, using: &chance) {
    case 0: bytes.removeSubrange(place..<end)
    case 1: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 2: bytes.removeSubrange(place...)
    case 3:
      let other = seeds.randomElement(using: &chance) ?? []
      bytes.replaceSubrange(place..., with: other.dropFirst(place))
    case 4:
      let odd: [UInt8] = [0, 1, 0x7F, 0x80, 0xFF]
      for index in place..<end { bytes[index] = odd.randomElement(using: &chance)! }
    default:
      guard place < bytes.count else { return }
      bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
    }
  }
}
