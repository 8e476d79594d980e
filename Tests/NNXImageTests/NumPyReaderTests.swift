import TestSupport
import Testing

@Suite struct NumPyReaderTests {
  let folder = Fixtures.folder + "/reference/v2/slices_2d"

  @Test func readsAnArray() throws {
    let array = try NPY.read(folder + "/preprocessed.npy")
    #expect(array.shape.count == 4)
    #expect(array.values.count == array.shape.reduce(1, *))
    #expect(array.values.contains { $0 != 0 })
  }

  @Test func readsADeflatedArchive() throws {
    #expect(try NPY.keys(folder + "/probabilities.npz") == ["probabilities"])
    let array = try NPY.read(folder + "/probabilities.npz", key: "probabilities")
    let voxels = array.values.count / array.shape[0]
    for voxel in stride(from: 0, to: voxels, by: 97) {
      let sum = (0..<array.shape[0]).reduce(0) { $0 + array.values[$1 * voxels + voxel] }
      #expect(abs(sum - 1) < 1e-5)
    }
  }
}
