import NNXModel
import Testing

@Suite struct FoldNameTests {
  @Test(
    arguments: [
      ("fold_0", "0"), ("fold_12", "12"), ("fold_all", "all"), ("all", "all"), ("fold_", nil),
      ("fold_1234", nil), ("fold_x", nil), ("0", nil), ("all2", nil), ("", nil),
    ] as [(String, String?)])
  func foldersNameTheirFold(folder: String, name: String?) {
    #expect(FoldName(folder: folder, plain: false)?.text == name)
  }

  @Test(arguments: [("0", "0"), ("123", "123"), ("1234", nil), ("x", nil)] as [(String, String?)])
  func aPlainNumberMayDo(folder: String, name: String?) {
    #expect(FoldName(folder: folder, plain: true)?.text == name)
  }

  @Test func numbersComeInTheirOrder() {
    let names = ["all", "10", "2", "1", "0"].map { FoldName($0) }.sorted().map(\.text)
    #expect(names == ["0", "1", "2", "10", "all"])
    #expect(FoldName("3").folders == ["fold_3", "3"])
  }
}
