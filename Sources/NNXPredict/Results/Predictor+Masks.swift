import NNXImage
import NNXModel
import NNXSystem

extension Recipe.Mask {
  /// What the file of it holds.
  var file: (structure: LabelTable.Structure, shell: Shell?) {
    (
      LabelTable.Structure(name: name, values: labels, kind: .region),
      shell.map {
        Shell(
          outward: $0.outward, inward: $0.inward, above: $0.above, below: $0.below, upTo: $0.upTo)
      }
    )
  }
}

extension Predictor {
  /// One of a case's files of single structures; its image is read again where intensities count.
  ///
  /// - Throws: what reading an image throws; `geometry`.
  func mask(
    of file: StructureFile, in segmentation: Segmentation, _ item: Case
  ) throws(NNXError) -> Segmentation {
    try segmentation.mask(of: file) { () throws(NNXError) in
      // Whoever read them for the networks told what is odd about them.
      try Remarks.quietly { () throws(NNXError) in
        try readImages(
          item.images[0], as: reader, series: options.series, keepsExact: recipe?.reader != nil)[0]
      }
    }
  }
}
