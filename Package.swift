// swift-tools-version: 6.2
import PackageDescription

// The rooms of the house, floor by floor (docs/ARCHITECTURE.md). A room may use only what it lists
// here; Scripts/lint compares the imports with this file.

/// Every Swift room: strict memory safety, no warning survives, and members come only from modules that
/// the file imports: else a dependency that uses Foundation would bring it into the house unseen.
let strict: [SwiftSetting] = [
  .strictMemorySafety(), .treatAllWarnings(as: .error),
  .enableUpcomingFeature("MemberImportVisibility"),
  // Searches in text are NNXSystem's: the standard library's bring its regular expressions along.
  .unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"]),
  // A section for each function: the release's linker drops those that nobody calls and folds equal ones.
  .unsafeFlags(["-Xfrontend", "-function-sections"], .when(configuration: .release)),
]
/// Rooms without loops over voxels: smaller code instead of faster code.
let small = strict + [.unsafeFlags(["-Osize"], .when(configuration: .release))]
/// Numeric C is always optimised: tests of it in a debug build would take minutes.
let optimised: [CSetting] = [.unsafeFlags(["-O3", "-ffp-contract=fast", "-fno-math-errno"])]

func room(
  _ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = strict
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies + ["TestSupport"])
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")

/// Releases have DCMTK inside, built for them; source builds load Debian's by a library of their own when DICOM
/// is first met, so that no start of nnx waits for the 20 libraries that it brings.
let isDICOMStatic = Context.environment["NNX_STATIC_DICOM"] != nil

let package = Package(
  name: "nnx",
  products: [
    .executable(name: "nnx", targets: ["nnx"]),
    .library(name: "nnxdicom", type: isDICOMStatic ? .static : .dynamic, targets: ["CDICOMShim"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // 4: commands and console
    .executableTarget(
      name: "nnx",
      dependencies: [
        "NNXStore", "NNXPredict", "NNXReport", "NNXImage", "NNXNetwork", "NNXDICOM", "NNXModel",
        "NNXTensor", "NNXArchive", "NNXSystem",
        argumentParser,
      ], swiftSettings: small),
    // 3: what nnx does
    room(
      "NNXStore",
      ["NNXModel", "NNXArchive", "NNXSystem", "CCurl", "CZlib"], small),
    room(
      "NNXPredict",
      ["NNXNetwork", "NNXImage", "NNXDICOM", "NNXModel", "NNXTensor", "NNXSystem"]),
    room("NNXReport", ["NNXImage", "NNXModel", "NNXTensor", "NNXSystem"]),
    // 2: what it works with
    room("NNXNetwork", ["NNXModel", "NNXTensor", "NNXSystem", "CKernels"]),
    room(
      "NNXImage",
      ["NNXDICOM", "NNXTensor", "NNXArchive", "NNXSystem", "CKernels", "CNIfTI", "CPNG", "CTIFF"]),
    // 1: what it works on
    room("NNXDICOM", ["NNXTensor", "NNXArchive", "NNXSystem", "CDICOM"]),
    room("NNXModel", ["NNXArchive", "NNXSystem"], small),
    room("NNXTensor", ["NNXSystem", "CKernels", "CBLAS"]),
    // ½: files inside of files
    room("NNXArchive", ["NNXSystem", "CZlib"]),
    // 0: the machine, made safe
    room("NNXSystem", ["CCrypto", "CLinux", "CResources", "CSQLite"]),

    .target(name: "CKernels", cSettings: optimised),
    // What the binary carries. SwiftPM does not know files that C embeds; the compiler does.
    .target(name: "CResources", exclude: ["report.js", "report.css", "font.hex"]),
    .systemLibrary(name: "CLinux"),
    .systemLibrary(
      name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    // These load their library when it is needed: starting nnx does not wait for them.
    .target(name: "CBLAS"),
    .target(name: "CCurl"),
    .target(
      name: "CDICOM", dependencies: isDICOMStatic ? ["CDICOMShim"] : [],
      cSettings: isDICOMStatic ? [.define("NNX_STATIC_DICOM")] : []),
    // The library that CDICOM loads, libnnxdicom.so. libopenjp2-7-dev has its header in a folder of its own.
    .target(
      name: "CDICOMShim",
      cxxSettings: [
        .headerSearchPath("../CDICOM/include"),
        .unsafeFlags(["-I/usr/include/openjpeg-2.5", "-O2"]),
      ],
      linkerSettings: isDICOMStatic
        ? []
        : ["dcmjpeg", "dcmjpls", "dcmdata", "oflog", "ofstd", "openjp2"].map { .linkedLibrary($0) }),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    // libnifti (Debian: libnifti-dev) has no pkg-config file.
    .target(
      name: "CNIfTI", cSettings: [.unsafeFlags(["-I/usr/include/nifti"])],
      linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz")]),

    // Both report errors in ways that Swift cannot receive: longjmp and variable arguments.
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "CTIFF", linkerSettings: [.linkedLibrary("tiff")]),

    .target(
      name: "CTestTLS", path: "Tests/CTestTLS",
      linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
    .target(
      name: "TestSupport", dependencies: ["NNXSystem", "CZlib", "CTestTLS"],
      path: "Tests/TestSupport"),
    .executableTarget(
      name: "loopback-zenodo", dependencies: ["TestSupport", "NNXSystem"],
      path: "Tests/LoopbackZenodo"),
    .executableTarget(
      name: "claim-worker", dependencies: ["NNXPredict", "NNXSystem"],
      path: "Tests/ClaimWorker"),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "NNXStore", "NNXPredict", "NNXReport", "NNXImage", "NNXDICOM", "NNXModel", "NNXTensor",
        "NNXArchive", "NNXSystem", "TestSupport",
      ],
      path: "Tests/Fuzz/Targets"),
    tests("FuzzTests", ["FuzzTargets"]),
    tests("NNXSystemTests", ["NNXSystem"]),
    tests("NNXArchiveTests", ["NNXArchive"]),
    tests("NNXModelTests", ["NNXModel"]),
    tests("NNXTensorTests", ["NNXTensor", "CKernels"]),
    tests("NNXNetworkTests", ["NNXNetwork"]),
    tests("NNXDICOMTests", ["NNXDICOM", "NNXTensor"]),
    tests("NNXImageTests", ["NNXImage", "CNIfTI"]),
    tests("NNXPredictTests", ["NNXPredict"]),
    tests("NNXReportTests", ["NNXReport"]),
    tests("NNXStoreTests", ["NNXStore", "NNXArchive", "CArchive"]),
    tests("EndToEndTests", ["nnx"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17, cxxLanguageStandard: .cxx17
)

// libFuzzer's own program: only Scripts/fuzz, which links libFuzzer, asks for it.
if Context.environment["NNX_FUZZ"] != nil {
  // libFuzzer clears and reads counters at every run: rooms that read no foreign bytes have none. Comparisons are
  // not traced, for that takes a fifth of a run; words of seeds are in a dictionary.
  let coverage = "edge,inline-8bit-counters,pc-table"
  let readers: Set<String> = [
    "NNXStore", "NNXPredict", "NNXImage", "NNXDICOM", "NNXModel", "NNXArchive", "NNXSystem",
    "CDICOM", "CNIfTI", "CPNG", "CTIFF",
  ]
  for target in package.targets where readers.contains(target.name) {
    if target.name.hasPrefix("NNX") {
      target.swiftSettings =
        (target.swiftSettings ?? []) + [
          .unsafeFlags(["-sanitize-coverage=\(coverage)"])
        ]
    } else {
      target.cSettings =
        (target.cSettings ?? []) + [
          .unsafeFlags(["-fsanitize-coverage=\(coverage)"])
        ]
    }
  }
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets", "NNXSystem"], path: "Tests/Fuzz/Driver",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])],
      // gold ends with an internal error over libFuzzer's sections.
      linkerSettings: [
        .unsafeFlags([
          "-use-ld=lld", "-sanitize=fuzzer",
          // Driver.swift chooses the counters that libFuzzer is told of.
          "-Xlinker", "--wrap=__sanitizer_cov_8bit_counters_init",
          "-Xlinker", "--wrap=__sanitizer_cov_pcs_init",
        ])
      ]))
}
