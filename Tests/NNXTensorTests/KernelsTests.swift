import CKernels
import NNXSystem
import NNXTensor
import Testing

@Suite struct KernelsTests {
  static let listed: [String] = {
    var names: [String] = []
    while let name = nnx_kernel_name(Int32(names.count)) { names.append(String(cString: name)) }
    return names
  }()

  @Test(arguments: listed)
  func everyKernelAgreesWithItsPlainLoop(_ name: String) throws {
    let check = try #require(kernelChecks[name], "kernel '\(name)' has no check")
    for kernels in Kernels.available { check(kernels) }
  }

  @Test func baselineIsAlwaysThere() {
    #expect(Kernels.available.contains { $0.name == "baseline" || $0.name == "neon" })
  }

  @Test func widestSetIsNeverTheFirstChoice() {
    #expect(Kernels.available[0].name != "wide")
  }

  @Test func unknownSetIsAnErrorThatNamesTheOthers() {
    let error = #expect(throws: NNXError.self) { try Kernels.named("sse9") }
    #expect(error?.message.contains("sse9") == true)
    #expect(error?.details.first?.contains("openblas") == true)
  }
}
