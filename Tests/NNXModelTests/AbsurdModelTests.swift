import TestSupport
import Testing

@testable import NNXModel

/// Plans that no network can be made of are refused, whatever their numbers.
@Suite struct AbsurdModelTests {
  private func model(_ change: (inout ModelDescription) -> Void) throws -> String? {
    let source = try Fixtures.unzip("reference/v2/odd_sizes/model.zip")
    var model = try ResultsFolder(source.path).models[0].description()
    #expect(model.flaw == nil)
    change(&model)
    return model.flaw
  }

  @Test(arguments: [1e-6, 1e-7, 1e-300, 0, -1, .nan, .infinity, 2e6, 1e30])
  func spacingsAreBounded(_ spacing: Double) throws {
    let flaw = try model { $0.preprocessing.spacing[1] = spacing }
    #expect(flaw?.hasPrefix("a spacing of ") == true, "\(flaw ?? "none")")
  }

  @Test(arguments: [1 << 40, 16384, 4096, 1296])
  func patchesAreBounded(_ extent: Int) throws {
    let flaw = try model { $0.patch = [extent, extent, extent] }
    #expect(flaw?.contains("a patch of [\(extent), \(extent), \(extent)]") == true)
  }

  @Test func layersAreBounded() throws {
    let kernels = try model { model in
      for stage in model.architecture.stages.indices {
        model.architecture.stages[stage].kernel = [31, 31, 31]
        model.architecture.stages[stage].features = 1024
      }
      for stage in model.architecture.decoder.indices {
        model.architecture.decoder[stage].features = 1024
      }
    }
    #expect(kernels?.hasPrefix("a layer 'encoder.0.1.conv.weight' of") == true, "\(kernels ?? "")")
    let features = try model { $0.architecture.stages[0].features = 1 << 40 }
    #expect(features?.hasPrefix("a stage of") == true)
  }

  @Test func valuesOfRegionsFitASegmentation() throws {
    #expect(Labels.canWrite([1, 65_535, 0], heads: 3))
    #expect(!Labels.canWrite([1, 65_536, 0], heads: 3))
    #expect(!Labels.canWrite([1, -1, 0], heads: 3))
    #expect(!Labels.canWrite([1, 2], heads: 3))
    let heads = try model { $0.labels.regionsClassOrder = [70_000] }
    #expect(heads == "regions of values [70000]")
  }

  @Test func intensitiesAreTold() throws {
    let flaw = try model {
      $0.preprocessing.normalization[0] = .ct(
        .init(mean: 60, deviation: 190, percentile00_5: 900, percentile99_5: -900), useMask: false)
    }
    #expect(
      flaw == "impossible intensities: mean 60.0, deviation 190.0, percentiles 900.0 to -900.0")
  }
}
