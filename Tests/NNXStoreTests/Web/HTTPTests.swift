import NNXSystem
import Testing

@testable import NNXStore

@Suite struct HTTPTests {
  @Test(
    arguments: [
      ("bytes 5-9/10", [5, 9, 10]), ("bytes 0-0/1", [0, 0, 1]), ("bytes 9-5/10", nil),
      ("bytes 5-10/10", nil), ("bytes 5-9/*", nil), ("bytes */10", nil), ("bytes -5-9/10", nil),
      ("items 5-9/10", nil), ("bytes 5-9", nil), ("", nil), ("bytes 5-9/10/11", nil),
      ("bytes +5-9/10", nil), ("bytes 5-9/99999999999999999999", nil),
    ] as [(String, [Int]?)])
  func contentRanges(_ text: String, _ expected: [Int]?) {
    let range = ContentRange(text)
    #expect(range.map { [$0.first, $0.last, $0.total] } == expected)
  }

  @Test(
    arguments: [
      ("7", 7), ("0", 0), ("-3", nil), ("soon", nil), ("", nil),
      ("Thu, 01 Jan 1970 00:20:00 GMT", 200), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Thu, 01 Foo 1970 00:20:00 GMT", nil), ("Thu, 01 Jan 1970 25:20:00 GMT", nil),
      ("1e9", nil), ("99999999999999999999", nil),
    ] as [(String, Double?)])
  func retryAfter(_ text: String, _ expected: Double?) {
    #expect(RetryPolicy.wait(after: text, now: 1000) == expected)
  }

  @Test(arguments: [
    ("https://zenodo.org/records/1", true), ("https://ZENODO.org/x", true),
    ("https://zenodo.org:443/x", true), ("https://mirror.example:8443/x", true),
    ("http://zenodo.org/x", false), ("https://zenodo.org:8443/x", false),
    ("https://zenodo.org.evil.example/x", false), ("https://zenodo.org@evil.example/x", false),
    ("https://evil.example/zenodo.org", false), ("https://127.0.0.1/x", false),
    ("https://[::1]/x", false), ("https://2130706433/x", false), ("file:///etc/passwd", false),
    ("ftp://zenodo.org/x", false), ("https:///x", false), ("https://zenodo.org\\@evil/x", false),
    ("https://mirror.example/x", false), ("", false), ("https://zenodo.org /x", false),
    ("https://169.254.169.254/x", false), ("javascript:alert(1)", false),
    ("https://zenodo.org:0/x", false), ("https://zenodo.org:/x", false),
  ])
  func hosts(_ url: String, _ allowed: Bool) {
    let policy = HostPolicy(hosts: ["mirror.example:8443"])
    let passes: Bool
    do {
      try policy.check(url)
      passes = true
    } catch {
      #expect(error.code == .forbiddenHost)
      passes = false
    }
    #expect(passes == allowed, "\(url)")
  }

  @Test func recordsInThreeShapes() throws {
    let md5 = "0123456789abcdef0123456789abcdef"
    let shapes = [
      """
      {"id": 11582738, "doi": "10.5281/zenodo.11582738", "conceptdoi": "10.5281/zenodo.8270230",
       "metadata": {"title": "Lungs", "publication_date": "2024-06-11", "license": {"id": "cc-by-4.0"}},
       "files": [{"id": "x", "key": "D 7.zip", "size": 5, "checksum": "md5:\(md5)",
                  "links": {"self": "https://evil.example/"}}]}
      """,
      """
      {"id": "11582738", "parent": {"pids": {"doi": {"identifier": "10.5281/zenodo.8270230"}}},
       "pids": {"doi": {"identifier": "10.5281/zenodo.11582738"}},
       "metadata": {"title": "Lungs", "publication_date": "2024-06-11", "rights": [{"id": "cc-by-4.0"}]},
       "files": {"enabled": true, "entries": {"D 7.zip": {"key": "D 7.zip", "size": 5,
                 "checksum": "md5:\(md5)"}}}}
      """,
      """
      {"id": 11582738, "doi": "10.5281/zenodo.11582738", "conceptdoi": "10.5281/zenodo.8270230",
       "title": "Lungs", "metadata": {"title": "Lungs", "publication_date": "2024-06-11",
       "license": {"id": "cc-by-4.0"}},
       "files": [{"filename": "D 7.zip", "filesize": 5, "checksum": "\(md5)"}]}
      """,
    ]
    for shape in shapes {
      let record = try ZenodoRecord(
        OrderedJSON(parsing: Array(shape.utf8), source: "test"), source: "test")
      #expect(record.id == 11_582_738)
      #expect(record.doi == "10.5281/zenodo.11582738")
      #expect(record.conceptDOI == "10.5281/zenodo.8270230")
      #expect(record.version == "2024.6.11")
      #expect(record.license == "CC-BY-4.0")
      #expect(
        record.files == [
          .init(
            key: "D 7.zip", size: 5, md5: md5,
            url: "https://zenodo.org/records/11582738/files/D%207.zip?download=1")
        ])
    }
  }

  @Test(arguments: [
    "{}", "[]", #"{"id": 1, "files": [{"key": "../x"}]}"#, #"{"id": 1, "files": [{"key": "a/b"}]}"#,
    #"{"id": 1, "files": [{"size": 1}]}"#, #"{"id": 1, "files": [{"key": "a", "size": -1}]}"#,
    #"{"id": 1, "files": [{"key": "a", "size": 9223372036854775807}]}"#,
    #"{"id": 1, "files": [{"key": "a", "checksum": "sha1:0"}]}"#,
  ])
  func recordsThatMakeNoSense(_ text: String) {
    #expect(throws: NNXError.self) {
      try ZenodoRecord(OrderedJSON(parsing: Array(text.utf8), source: "t"), source: "t")
    }
  }
}
