import NNXArchive
import NNXSystem
import TestSupport
import Testing

@testable import NNXStore

/// Every layout of a model zip that nnU-Net's own installers accept, and those met in the wild.
///
/// `nnUNetv2_install_pretrained_model_from_zip` extracts into `nnUNet_results`, v1's installer into
/// `RESULTS_FOLDER/nnUNet`; neither looks at what it extracts.
@Suite struct LayoutTests {
  /// A fixture with the paths of its entries changed.
  static func zip(
    _ fixture: String, adding extra: [ZipBuilder.Entry] = [], _ rename: (String) -> String?
  ) throws -> [UInt8] {
    let archive = try Archive(TestStore.fixture(fixture))
    var entries: [ZipBuilder.Entry] = []
    for entry in archive.entries where !entry.isFolder {
      guard let path = rename(entry.path) else { continue }
      entries.append(
        .init(path, try ZipMember(entry, of: archive.source).content(), deflated: true))
    }
    return ZipBuilder(entries + extra).build()
  }

  struct Layout: CustomTestStringConvertible, Sendable {
    var name: String
    var fixture: String
    var dataset: String?
    var extra: [ZipBuilder.Entry] = []
    var rename: @Sendable (String) -> String?
    var testDescription: String { name }
  }

  /// `path` below its first `count` folders.
  static func below(_ count: Int, _ path: String) -> String {
    path.split(separator: "/").dropFirst(count).joined(separator: "/")
  }

  static let layouts: [Layout] = [
    .init(name: "v2: Dataset…", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT") { $0 },
    .init(
      name: "v2: nnUNet_results/Dataset…", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT"
    ) { "nnUNet_results/\($0)" },
    .init(name: "v2: two more folders", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT") {
      "export/2024/\($0)"
    },
    .init(name: "v2: trainer folder", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT") {
      below(1, $0)
    },
    .init(name: "v2: fold folders", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT") {
      below(2, $0)
    },
    .init(name: "v2: fold_all", fixture: "v2/anisotropic_transpose", dataset: nil) { $0 },
    .init(name: "v2: checkpoint_best only", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT") {
      $0.split(separator: "/").map { $0 == "checkpoint_final.pth" ? "checkpoint_best.pth" : $0 }
        .joined(separator: "/")
    },
    .init(
      name: "v2: as the exporter writes it", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT",
      extra: [
        .init("Dataset901_PlainCT/inference_information.json", "{}"),
        .init("Dataset901_PlainCT/ensembles/x___y/postprocessing.json", "{}"),
        .init("Dataset901_PlainCT/nnUNetTrainer__nnUNetPlans__3d_fullres/fold_0/debug.json", "{}"),
        .init("Dataset901_PlainCT/nnUNetTrainer__nnUNetPlans__3d_fullres/fold_0/progress.png", "P"),
        .init(
          "Dataset901_PlainCT/nnUNetTrainer__nnUNetPlans__3d_fullres/dataset_fingerprint.json", "{}"
        ),
        .init(
          "Dataset901_PlainCT/nnUNetTrainer__nnUNetPlans__3d_fullres/crossval_results_folds_0_1_2_3_4/summary.json",
          "{}"),
      ]
    ) { $0 },
    .init(
      name: "v2: a Mac's litter", fixture: "v2/plain_ct", dataset: "Dataset901_PlainCT",
      extra: [
        .init("__MACOSX/Dataset901_PlainCT/._plans.json", "x"), .init(".DS_Store", "x"),
        .init("Dataset901_PlainCT/.DS_Store", "x"),
      ]
    ) { $0 },
    .init(name: "v2: cascade", fixture: "v2/cascade", dataset: "Dataset907_Cascade") { $0 },
    .init(name: "v1: 3d_fullres/Task…", fixture: "v1/ct_fullres", dataset: "Task951_KidneyTumor") {
      $0
    },
    .init(
      name: "v1: nnUNet/3d_fullres/Task…", fixture: "v1/ct_fullres", dataset: "Task951_KidneyTumor"
    ) { "nnUNet/\($0)" },
    .init(name: "v1: wrapped", fixture: "v1/ct_fullres", dataset: "Task951_KidneyTumor") {
      "Task951_KidneyTumor_2023/nnUNet/\($0)"
    },
    .init(name: "v1: Task…", fixture: "v1/ct_fullres", dataset: "Task951_KidneyTumor") {
      below(1, $0)
    },
    .init(name: "v1: trainer folder", fixture: "v1/ct_fullres", dataset: nil) { below(2, $0) },
    .init(name: "v1: fold folders", fixture: "v1/ct_fullres", dataset: nil) { below(3, $0) },
    .init(name: "v1: cascade", fixture: "v1/cascade", dataset: "Task953_Liver") { $0 },
    .init(name: "v1: 2d", fixture: "v1/slices_2d", dataset: "Task954_Heart") { $0 },
    .init(name: "v1: all", fixture: "v1/mr_legacy_aniso", dataset: "Task952_Prostate") { $0 },
  ]

  @Test(arguments: layouts)
  func isAccepted(_ layout: Layout) throws {
    let test = try TestStore()
    let path = try test.folder.write(
      "model.zip", Self.zip(layout.fixture, adding: layout.extra, layout.rename))
    let model = try test.install(TestStore.plan(path, name: "model")).model
    let set = try model.set()
    if let dataset = layout.dataset { #expect(set.dataset == dataset) }
    let reference = try test.install(
      TestStore.plan(TestStore.fixture(layout.fixture), name: "reference")
    ).model
    // The same model, at the place where nnU-Net looks for it.
    let expected = try reference.set()
    #expect(set.configurations.map(\.name) == expected.configurations.map(\.name))
    #expect(set.configurations.map(\.folds) == expected.configurations.map(\.folds))
    #expect(set.configurations.map(\.trainer) == expected.configurations.map(\.trainer))
    #expect(try Verify(model).isClean)
    #expect(try model.open().entries.count == expected.configurations.count)
    // Its files say where they came from.
    let published = model.receipt.files.filter { $0.path.contains("nnUNet") }
    #expect(!published.isEmpty && published.allSatisfy { $0.origin?.archive == "model.zip" })
  }

  @Test func whatShouldHaveBeenRefusedIs() throws {
    let model = "Dataset901_PlainCT/nnUNetTrainer__nnUNetPlans__3d_fullres"
    let intruders: [(ZipBuilder.Entry, String)] = [
      (.init("../evil", "x"), "unsafe-archive"), (.init("/etc/evil", "x"), "unsafe-archive"),
      (.init("\(model)/link", "/etc/passwd").with { $0.mode = 0o120777 }, "unsafe-archive"),
      (.init("\(model)/plans.json", "{}"), "unsafe-archive"),
      (.init("\(model)/PLANS.json", "{}"), "unsafe-archive"),
      (
        .init("\(model)/bomb", [UInt8](repeating: 0, count: 160 << 20), deflated: true),
        "unsafe-archive"
      ),
      (.init("\(model)/x", "x").with { $0.crc = 1 }, "corrupt-archive"),
    ]
    for (entry, code) in intruders {
      let test = try TestStore()
      let path = try test.folder.write(
        "model.zip", Self.zip("v2/plain_ct", adding: [entry]) { $0 })
      let error = #expect(throws: NNXError.self) {
        try test.install(TestStore.plan(path, name: "model"))
      }
      #expect(error?.code.name == code, "\(String(decoding: entry.name, as: UTF8.self))")
      #expect(try test.store.installed().isEmpty)
      #expect(try Folder.entries(test.data + "/staging") == [])
    }
  }

  @Test func foldsOfALocalZip() throws {
    let test = try TestStore()
    var options = Installer.Options()
    options.folds = .only(["1"])
    let plan = try TestStore.plan(TestStore.fixture("v2/plain_ct_folds"), name: "folds")
    let model = try test.install(plan, options: options).model
    #expect(try model.set().configurations[0].folds == ["1"])
    #expect(model.state == .partial)
    let completed = try test.install(plan).model
    #expect(try completed.set().configurations[0].folds == ["0", "1", "2"])
    #expect(try Verify(completed).isClean)
    #expect(completed.state == .ok)
  }
}
