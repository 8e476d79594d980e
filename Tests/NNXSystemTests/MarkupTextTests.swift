import NNXSystem
import Testing

@Suite struct MarkupTextTests {
  @Test func whatMarkupObeysIsWrittenAsText() {
    #expect("a<b> & \"c\" 'd'".markup == "a&lt;b&gt; &amp; &quot;c&quot; &#39;d&#39;")
    #expect("lung, ü 肺\n\t".markup == "lung, ü 肺\n\t")
    #expect("a\0b\u{1B}c\r\u{9F}".markup == "a\u{FFFD}b\u{FFFD}c\u{FFFD}\u{FFFD}")
  }
}
