import NNXSystem
import Testing

@testable import NNXImage

/// The released nnx carries a libtiff that reads fewer compressions than a distribution's.
@Suite struct TIFFCompressionTests {
  @Test func aCompressionThatIsNotInsideIsNamedAndIsNoDamage() {
    let error = TIFFFile.refused("a.tif", "JPEG compression support is not configured")
    #expect(error.code == .unsupportedImage && error.message == "a.tif is compressed by JPEG")
    #expect(TIFFFile.refused("a.tif", "Read error at scanline 3").code == .brokenImage)
  }
}
