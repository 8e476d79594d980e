import NNXModel
import NNXSystem
import TestSupport
import Testing

@Suite struct ModelConversionTests {
  static let cases = [
    "v2/plain_ct", "v2/plain_ct_folds", "v2/anisotropic_transpose", "v2/small_image",
    "v2/old_plans", "v2/regions_mask_crop", "v2/resenc_pet_ct", "v2/slices_2d", "v2/cascade",
    "v1/ct_fullres", "v1/mr_legacy_aniso", "v1/cascade", "v1/slices_2d", "v1/resenc",
  ]

  @Test(arguments: cases) func convertsEveryReferenceCase(name: String) throws {
    let source = try Fixtures.unzip("reference/\(name)/model.zip")
    let target = try TemporaryFolder()
    let models = try ResultsFolder(source.path).models
    let converted = try ModelConversion.convert(models, into: target.path) { _ in }
    let opened = try ModelFolder(opening: target.path)
    #expect(opened.entries == converted.entries)
    for entry in opened.entries {
      for fold in entry.folds {
        let weights = try opened.weights(fold)
        #expect(weights.entries.count == entry.description.architecture.parameters.count)
        #expect(fold.parameters == entry.description.architecture.parameterCount)
      }
    }
  }
}
