import NNXImage
import NNXModel
import NNXNetwork
import NNXSystem
import NNXTensor
import Synchronization
import TestSupport
import Testing

@testable import NNXPredict

/// Several networks of a fold that divide its patches: another time and memory, the same bytes.
@Suite struct ReplicasTests {
  @Test(arguments: [
    "v2/plain_ct_folds", "v2/small_image", "v2/slices_2d", "v1/ct_fullres", "v1/cascade",
    "v1/ensemble_regions",
  ])
  func replicasChangeNoByte(name: String) throws {
    let reference = try ReferenceCase(name)
    let folder = try TemporaryFolder()
    func digests(replicas: Int) throws -> [String] {
      let predictor = try Predictor(
        folder: reference.folder, entry: reference.entry, folds: reference.foldNames,
        identity: .null,
        options: .init(window: .init(tileStep: reference.tileStep), savesProbabilities: true),
        threads: Threads(4))
      let output = "\(folder.path)/\(replicas).nii.gz"
      let counts = Mutex<[Int]>([])
      _ = try predictor.predict(
        Case(name: name, images: reference.images), to: output, Execution(replicas: replicas),
        command: [],
        progress: { event in
          if event.stage == .predict { counts.withLock { $0.append(event.done) } }
        })
      // Patches are counted up, for each stage of a cascade anew.
      let done = counts.withLock { $0 }
      #expect(zip(done, done.dropFirst()).allSatisfy { $1 == $0 + 1 || $1 == 0 })
      let probabilities = "\(folder.path)/\(replicas).probabilities.npz"
      return try [output, probabilities].map { (path) throws(NNXError) in
        try Digest.ofFile(path, .sha256)
      }
    }
    let alone = try digests(replicas: 1)
    for replicas in [2, 3] { #expect(try digests(replicas: replicas) == alone) }
  }

  @Test func anEstimateCountsThem() throws {
    let reference = try ReferenceCase("v2/plain_ct")
    let stage = try #require(
      try Predictor(
        folder: reference.folder, entry: reference.entry, folds: nil, identity: .null,
        options: .init(window: reference.window), threads: .all
      ).stages.first)
    let geometry = try readGeometry(reference.images[0])
    func estimate(_ replicas: Int) throws -> Estimate {
      try Estimate(stage, geometry: geometry, replicas: replicas) { $0 << 30 }
    }
    let (one, two) = (try estimate(1), try estimate(2))
    let patch = reference.model.patch.reduce(1, *)
    let (inputs, classes) = (
      reference.model.channels.count, reference.model.architecture.outputChannels
    )
    #expect(two.replicas == 2)
    // One alone adds its mirrored copies up as it goes, two keep their scores until it is their turn.
    #expect(two.peakBytes - one.peakBytes == 1 << 30 + 4 * (inputs + 2 * classes) * patch)
    #expect(two.leastBytes == one.leastBytes)
    // No more than there are patches for.
    #expect(try estimate(10_000).replicas == one.patches)
    #expect(Estimate.mostReplicas(Threads(3)) == 1)
    #expect(Estimate.mostReplicas(Threads(17)) == 4)
    #expect(Estimate.mostReplicas(Threads(64)) == 8)
  }
}
