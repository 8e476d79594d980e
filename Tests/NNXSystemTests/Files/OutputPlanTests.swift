import Foundation
import TestSupport
import Testing

@testable import NNXSystem

/// The rule by which nothing that a person has is written over.
@Suite struct OutputPlanTests {
  private let folder: TemporaryFolder
  private let scan: String

  init() throws {
    folder = try TemporaryFolder()
    scan = try folder.write("scans/ct.nii.gz", [1, 2, 3])
  }

  private func output(
    _ path: String, _ author: OutputPlan.Author = .nnx
  ) -> OutputPlan.Output { .init(path) { _ in author } }

  private func refusal(_ paths: String...) throws -> NNXError? {
    let plan = try OutputPlan(reading: [.init(scan, "an image of this run")])
    do throws(NNXError) {
      try plan.check(paths.map { output($0) })
      return nil
    } catch {
      return error
    }
  }

  @Test func anInputIsNeverAnOutput() throws {
    try folder.link("links", to: folder.path + "/scans")
    try folder.link("soft.nii.gz", to: scan)
    try FileManager.default.linkItem(atPath: scan, toPath: folder.path + "/hard.nii.gz")
    let names = [
      "scans/ct.nii.gz", "scans/../scans/./ct.nii.gz", "links/ct.nii.gz", "soft.nii.gz",
      "hard.nii.gz", "missing/../scans/ct.nii.gz",
    ]
    for name in names {
      let error = try #require(try refusal("\(folder.path)/\(name)"), "\(name)")
      #expect(error.code == .outputExists)
      #expect(error.message.hasSuffix("is an image of this run; nnx never writes over it"))
    }
    // A folder as a whole, too.
    #expect(try refusal(folder.path + "/scans")?.code == .outputExists)
    #expect(try refusal(folder.path + "/scans/ct2.nii.gz", folder.path + "/scan") == nil)
  }

  @Test func twoOutputsAreTwoFiles() throws {
    try folder.link("links", to: folder.path + "/scans")
    let error = try refusal(folder.path + "/scans/a", folder.path + "/links/new/../a")
    #expect(error?.code == .outputExists)
    #expect(error?.message.contains("are one file") == true)
    let old = try folder.write("old", [1])
    try FileManager.default.linkItem(atPath: old, toPath: folder.path + "/other")
    #expect(try refusal(old, folder.path + "/other")?.code == .outputExists)
  }

  @Test func whatCannotBeMadeIsRefusedBeforeAnyWork() throws {
    let below = try refusal(scan + "/seg.nii.gz")
    #expect(below?.code == .cannotWrite)
    #expect(below?.message.contains("\(scan) is no folder") == true)
    #expect(try refusal(folder.path + "/new/deep/seg.nii.gz") == nil)
    #expect(try folder.contents() == ["scans", "scans/ct.nii.gz"], "nothing is made")
    #expect(try refusal("-")?.code == .usage)
    #expect(throws: NNXError.self) { try OutputPlan(reading: [.init("-")]) }
    #expect(try refusal("./-") == nil)
  }

  @Test func onlyItsOwnResultsAreReplacedAndOnRequest() throws {
    func error(_ author: OutputPlan.Author, overwrites: Bool?) -> NNXError? {
      do throws(NNXError) {
        try OutputPlan.checkExisting([output(scan, author)], overwrites: overwrites)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(.nnx, overwrites: true) == nil)
    #expect(error(.nnx, overwrites: false)?.fixes.first?.contains("--overwrite") == true)
    for overwrites in [true, false] {
      for author in [OutputPlan.Author.changed, .someone] {
        let refusal = error(author, overwrites: overwrites)
        #expect(refusal?.code == .outputExists)
        #expect(refusal?.fixes.contains { $0.contains("--overwrite") } == false)
      }
    }
    #expect(error(.nnx, overwrites: nil)?.fixes.first?.contains("--overwrite") == false)
    #expect(error(.changed, overwrites: true)?.message.contains("was changed") == true)
    let missing = output(folder.path + "/none", .someone)
    #expect(throws: Never.self) {
      try OutputPlan.checkExisting([missing], overwrites: false)
    }
    try folder.link("dangling", to: folder.path + "/nowhere")
    #expect(throws: NNXError.self) {
      try OutputPlan.checkExisting([output(folder.path + "/dangling", .someone)], overwrites: true)
    }
  }

  @Test func whatMayNotBeReadIsNoWriting() {
    #expect(NNXError.system("cannot open", "x", 13).code == .cannotRead)
    #expect(NNXError.system("cannot read", "x", 1).code == .cannotRead)
    #expect(NNXError.system("cannot write", "x", 13).code == .cannotWrite)
  }

  @Test func marksAreReadAndNothingElse() throws {
    func json(_ text: String) throws -> OutputPlan.Author {
      FileMark.json("nnx.stats/")(try folder.write("x.json", Array(text.utf8)))
    }
    let own: OrderedJSON = ["a": 1]
    let marked = own.marked("nnx.stats/1")
    #expect(try json(marked.text(pretty: true)) == .nnx)
    #expect(try json(marked.text(pretty: true).replacing("\"a\": 1", with: "\"a\": 2")) == .changed)
    #expect(try json(#"{"schema": "nnx.stats/1", "a": 1}"#) == .untold)
    #expect(!own.isSealBroken && !marked.isSealBroken && marked.sealed == marked)
    #expect(try json(own.marked("nnx.run/1").text(pretty: true)) == .someone)
    #expect(try json(#"{"Modality": "CT"}"#) == .someone)
    #expect(try json("not JSON") == .someone)
    func table(_ text: String) throws -> OutputPlan.Author {
      FileMark.table([["a", "b"], ["LABEL", "VALUE"]])(try folder.write("t", Array(text.utf8)))
    }
    for text in ["a,b,c\n1,2,3\n", "a\tb", "LABEL       VALUE  X\n"] {
      #expect(try table(text) == .untold)
    }
    for text in ["", "b,a\n", "a\nb\n", "x a b"] { #expect(try table(text) == .someone) }
    let head = "<head><meta name=\"generator\" content=\"nnx 1\">\n"
    let page = FileMark.seal(head, comment: ("<!-- ", " -->"))
    #expect(FileMark.page(try folder.write("p", Array(page.utf8))) == .nnx)
    let edited = page.replacing("nnx 1", with: "nnx 2")
    #expect(FileMark.page(try folder.write("p", Array(edited.utf8))) == .changed)
    #expect(FileMark.page(try folder.write("p", Array((page + "more\n").utf8))) == .untold)
    #expect(FileMark.page(try folder.write("p", Array(head.utf8))) == .untold)
    let sealed = FileMark.sealedText(["# one"])
    let text = FileMark.seal("# one\n1 a\n", comment: ("# ", ""))
    #expect(sealed(try folder.write("t", Array(text.utf8))) == .nnx)
    #expect(
      sealed(try folder.write("t", Array(text.replacing("1 a", with: "1 b").utf8))) == .changed)
    #expect(sealed(try folder.write("t", Array("# two\n".utf8))) == .someone)
    #expect(FileMark.page(try folder.write("p", Array("<head></head>".utf8))) == .someone)
    let begins = FileMark.text(["# one", "two,"])
    #expect(begins(try folder.write("t", Array("two,three".utf8))) == .nnx)
    #expect(begins(try folder.write("t", Array("three,two,".utf8))) == .someone)
    #expect(begins(try folder.write("t", [])) == .someone)
    #expect(FileMark.png(scan) == .someone)
  }
}
