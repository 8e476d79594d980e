import NNXSystem
import TestSupport
import Testing

@testable import NNXModel

/// Pickles that Scripts/make-fixtures/plans_pickles.py wrote with real NumPy.
@Suite struct PickleNumPyTests {
  static let files = (2...5).flatMap { protocolNumber in
    ["1", "2"].map { "plans_numpy\($0)_protocol\(protocolNumber).pkl" }
  }

  @Test(arguments: files) func readsPlans(file: String) throws {
    let plans = try Pickle(contentsOf: "\(Fixtures.folder)/pickles/\(file)").root
    #expect(plans["num_modalities"]?.int == 1)
    #expect(plans["modalities"]?[0]?.text == "CT")
    #expect(plans["use_mask_for_norm"]?[0]?.bool == false)
    let intensities = plans["intensities"]?[0]
    #expect(intensities?["mean"]?.double == 99.40078)
    #expect(intensities?["mean"]?.isNumPyDouble == true)
    #expect(intensities?["sd"]?.double == 39.5)
    #expect(intensities?["sd"]?.isNumPyDouble == false)
    #expect(intensities?["median"]?.double == 1.5)
    #expect(intensities?["mn"]?.int == -1000)
    #expect(plans["classes"]?.ints == [1, 2])
    #expect(plans["per_class"]?[1]?.int == -5)
    #expect(plans["per_class"]?[2]?.int == 200)
    #expect(plans["spacing"]?.doubles == [5, 0.7, 0.7])
    #expect(plans["spacing"]?.ints == nil)
    #expect(plans["big_endian"]?.doubles == [1.5, -2.5])
    #expect(plans["rows"]?.intRows == [[1, 2, 2], [2, 2, 2]])
    #expect(plans["rows"]?.doubles == nil)
    #expect(plans["fortran"]?.intRows == nil, "Fortran order is not read as C order")
    #expect(plans["zero_axes"]?.double == 3)
    #expect(plans["empty"]?.doubles == [])
    #expect(plans["dummy"]?.bool == false)
    #expect(plans["huge"]?.int == nil)
    #expect(plans["path"]?.text == "/data/Größe.npz")
    #expect(plans["nothing"]?.isNone == true)
    #expect(plans["keep_only_largest_region"]?.pairs?.map { $0.value.bool } == [true, false])
  }
}
