import NNXSystem

/// What stands in the record of a case that is done, `nnx.done/1`: enough to see at the next run that nothing
/// changed since, without reading an image. The run record beside the result stays the truth.
package struct DoneRecord: Codable, Equatable, Sendable {
  package var schema = "nnx.done/1"
  package var `case`: String
  /// Path of the segmentation from the folder of the results.
  package var result: String
  /// Path of the run record, likewise.
  package var record: String
  /// SHA-256 over all of the run that may change a voxel: models, settings, the nnU-Net that is followed.
  package var made: String
  /// Of every file that the images of the case lie in, in the order of its channels.
  package var inputs: [StampedFile]
  /// Of every file of the result, the run record too.
  package var results: [StampedFile]
  /// The claim by which it was made; `nil`: without one.
  package var generation: Int?
  package var token: String?
  /// Machine that made it.
  package var host: String
  /// Seconds that making it took; 0 where its result was there.
  package var seconds: Double

  /// - Throws: `file-not-found`, `unreadable`, `invalid-json`; `invalid-record` for another file.
  package init(contentsOf path: String) throws(NNXError) {
    let json = try OrderedJSON(contentsOf: path)
    do throws(DocumentProblem) { self = try json.decode() } catch {
      throw NNXError(.invalidRecord, "\(path) is no record of a case: \(error.words)")
    }
    guard schema.hasPrefix("nnx.done/") else {
      throw NNXError(.invalidRecord, "\(path) is no record of a case that is done")
    }
  }

  package init(
    case name: String, result: String, record: String, made: String, inputs: [StampedFile],
    results: [StampedFile], host: String, seconds: Double
  ) {
    (self.case, self.result, self.record, self.made) = (name, result, record, made)
    (self.inputs, self.results, self.host, self.seconds) = (inputs, results, host, seconds)
  }
}
