import NNXModel
import NNXSystem
import Testing

@testable import NNXStore

@Suite struct CitationFormatTests {
  static let article = Citation(
    key: "nnunet", kind: .journalArticle, title: "nnU-Net & 100% of it",
    authors: ["Isensee, Fabian", "Kohl, Simon A. A.", "Maier-Hein, Klaus H."],
    container: "Nature Methods", volume: "18", issue: "2", pages: "203-211", year: 2021,
    doi: "10.1038/s41592-020-01008-z")
  static let preprint = Citation(
    key: "aimi", kind: .preprint, title: "AIMI", authors: ["BAMF Health"], container: "arXiv",
    year: 2023, url: "https://arxiv.org/abs/2310.14897")
  static let record = Citation(
    key: "zenodo12", kind: .dataset, title: "Weights", authors: [], container: "Zenodo",
    year: 2024, doi: "10.5281/zenodo.12")

  @Test func bibtex() {
    #expect(
      CitationFormat.bibtex.text([Self.article, Self.preprint, Self.record]) == """
        @article{nnunet,
          author = {Isensee, Fabian and Kohl, Simon A. A. and Maier-Hein, Klaus H.},
          title = {{nnU-Net \\& 100\\% of it}},
          journal = {Nature Methods},
          volume = {18},
          number = {2},
          pages = {203--211},
          year = {2021},
          doi = {10.1038/s41592-020-01008-z}
        }

        @misc{aimi,
          author = {BAMF Health},
          title = {{AIMI}},
          archiveprefix = {arXiv},
          eprint = {2310.14897},
          year = {2023},
          url = {https://arxiv.org/abs/2310.14897}
        }

        @misc{zenodo12,
          title = {{Weights}},
          howpublished = {Zenodo},
          year = {2024},
          doi = {10.5281/zenodo.12}
        }

        """)
  }

  @Test func ris() {
    #expect(
      CitationFormat.ris.text([Self.article, Self.record]) == """
        TY  - JOUR
        AU  - Isensee, Fabian
        AU  - Kohl, Simon A. A.
        AU  - Maier-Hein, Klaus H.
        TI  - nnU-Net & 100% of it
        T2  - Nature Methods
        VL  - 18
        IS  - 2
        SP  - 203
        EP  - 211
        PY  - 2021
        DO  - 10.1038/s41592-020-01008-z
        UR  - https://doi.org/10.1038/s41592-020-01008-z
        ER  -\u{20}

        TY  - DATA
        TI  - Weights
        PB  - Zenodo
        PY  - 2024
        DO  - 10.5281/zenodo.12
        UR  - https://doi.org/10.5281/zenodo.12
        ER  -\u{20}

        """)
  }

  @Test func text() {
    #expect(
      CitationFormat.text.text([Self.article, Self.preprint, Self.record]) == """
        Isensee F, Kohl SAA, Maier-Hein KH. nnU-Net & 100% of it. \
        Nature Methods. 2021;18(2):203-211. doi:10.1038/s41592-020-01008-z
        BAMF Health. AIMI. arXiv. 2023:2310.14897. https://arxiv.org/abs/2310.14897
        Weights. Zenodo. 2024. doi:10.5281/zenodo.12

        """)
    var crowded = Self.article
    crowded.authors = (1...7).map { "Name\($0), A" }
    #expect(CitationFormat.text.text([crowded]).hasPrefix("Name1 A, Name2 A, "))
    #expect(CitationFormat.text.text([crowded]).contains("Name6 A, et al. nnU-Net"))
  }

  @Test func csl() throws {
    let text = CitationFormat.csl.text([Self.article, Self.preprint, Self.record])
    let items = try OrderedJSON(parsing: Array(text.utf8), source: "csl").array
    #expect(items?.map { $0["type"] } == ["article-journal", "article", "dataset"])
    #expect(items?[0]["author"]?.array?[1] == ["family": "Kohl", "given": "Simon A. A."])
    #expect(items?[0]["issued"] == ["date-parts": [[2021]]])
    #expect(items?[0]["container-title"] == "Nature Methods")
    #expect(items?[1]["author"] == [["literal": "BAMF Health"]])
    #expect(items?[2]["author"] == nil)
    #expect(items?[2]["publisher"] == "Zenodo")
  }

  @Test(arguments: CitationFormat.allCases)
  func everyModelCanBeCited(format: CitationFormat) throws {
    for card in try Registry.repository().models {
      let works = card.recordCitations + card.citations
      let text = format.text(works)
      #expect(works.allSatisfy { text.contains($0.doi ?? $0.url ?? $0.title) }, "\(card.name)")
      #expect(text.hasSuffix("\n"))
    }
  }

  /// What a source names in words is printed as it names it; nothing is made up.
  @Test(arguments: [
    (
      "Isensee et al. 2019, Hum Brain Mapp, doi:10.1002/hbm.24750",
      "Isensee et al. 2019, Hum Brain Mapp. doi:10.1002/hbm.24750", "isensee2019"
    ),
    (
      "arXiv:1904.08128", "10.48550/arXiv.1904.08128. doi:10.48550/arXiv.1904.08128",
      "1048550arxiv190408128"
    ),
    ("Mann et al. 2024, Skellytour", "Mann et al. 2024, Skellytour.", "mann2024"),
    (
      "Sci Data, https://www.nature.com/articles/s41597-025-06074-6",
      "Sci Data. https://www.nature.com/articles/s41597-025-06074-6", "sci"
    ),
  ])
  func worksNamedInWords(_ words: String, _ printed: String, _ key: String) {
    let work = Citation(named: words)
    #expect(work.key == key)
    #expect(CitationFormat.text.text([work]) == printed + "\n")
    #expect(CitationFormat.bibtex.text([work]).hasPrefix("@misc{\(key),\n  title = {{"))
    #expect(!CitationFormat.csl.text([work]).contains("publisher"))
  }
}
