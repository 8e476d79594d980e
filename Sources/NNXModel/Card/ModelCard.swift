import NNXSystem

/// One entry of the registry: what a published model is, where it comes from, who says so.
///
/// The format is docs/format/registry.md. Everything that a source does not say is `nil` or empty;
/// where sources disagree, `conflicts` has each side.
package struct ModelCard: Decodable, Equatable, Sendable {
  /// Whether the model should be used.
  package enum Status: String, Word {
    case active, superseded, deprecated, yanked
  }

  /// What people type.
  @Checked<ModelName> package var name: String
  /// Other names for the same entry.
  package var aliases: [String]
  /// `2024.6.11`, the date of the record; the record's number where no date is known.
  package var version: String
  /// Key of the family of models that this one belongs to: `aimi`.
  package var collection: String
  /// One line.
  package var title: String
  /// One sentence.
  package var summary: String
  package var status: Status
  /// Name of the model to use instead.
  package var replacedBy: String?
  /// Most important first.
  package var organs: [String]
  /// Further words to find the model by.
  package var keywords: [String]
  /// `Family, Given`, in order.
  package var authors: [String]
  @CheckedIfThere<WebAddress> var homepage: String?
  /// Where the publisher's code lies.
  package var code: [Link]
  /// Every statement about licences that was found.
  package var licenses: [License]
  /// Works to cite, most important first; the record itself is `recordCitations`.
  package var citations: [Citation] = []
  /// Most models have one; some publish the result of two networks.
  @Filled package var weights: [WeightSet]
  /// Image channels, in order; empty where no source lists them.
  package var inputs: [Input]
  /// DICOM modalities, where no source lists the channels.
  var statedModalities: [String]
  /// Works to cite as sources name them, in words.
  package var references: [String]
  /// Labels as published, after the publisher's own post-processing; empty where nobody says.
  package var labels: [Label]
  /// What the publisher did with the images before nnU-Net, in order.
  package var prepare: [Preparation]
  /// In which order the publisher's arrays hold the voxels of a series; `nil`: nobody says.
  package var arrayOrder: ArrayOrder?
  /// What the publisher does with nnU-Net's output, one element for each source.
  package var postprocessing: [Postprocessing]
  /// What the publisher does around its networks, for nnx to do; `nil`: nnU-Net's own labels are what is
  /// published.
  package var recipe: Recipe?
  /// What else the published result needs, in words.
  package var requires: [String]
  package var intendedUse: Statement?
  package var limitations: [Statement]
  /// Training data, in words.
  package var training: String?
  package var performance: [Statement]
  /// Other models of the registry.
  package var related: [Relation]
  package var conflicts: [Conflict]
  /// The entry as it stands in the registry, for receipts and `--json`.
  package var entry = OrderedJSON.null

  private enum CodingKeys: String, CodingKey {
    case name, aliases, version, collection, title, summary, status, replacedBy, organs, keywords
    case statedModalities = "modalities"
    case authors, homepage, code, licenses, weights, inputs, labels, references, prepare,
      postprocessing, recipe, arrayOrder
    case requires, intendedUse, limitations, training, performance, related, conflicts
  }
}

extension ModelCard {
  /// An address and what is there.
  package struct Link: Decodable, Equatable, Sendable {
    package var what: String
    @CheckedIfThere<WebAddress> package var url: String?
  }

  /// Something said about the model, and by whom.
  package struct Statement: Decodable, Equatable, Sendable {
    package var text: String
    package var statedBy: String
  }

  /// The order of the publisher's arrays, by the program that read the scanner's series.
  package struct ArrayOrder: Decodable, Equatable, Sendable {
    package enum Order: String, Word {
      /// As dcm2niix writes them: rows reversed, three-dimensional MR turned to right, front and head.
      case dcm2niix
      /// As the series has them, and SimpleITK reads it.
      case dicom
    }

    package var order: Order
    /// How it is known.
    package var statedBy: String
  }

  /// One image channel.
  package struct Input: Decodable, Equatable, Sendable {
    /// Unit of the voxels.
    package enum Units: String, Word {
      /// Hounsfield units.
      case hounsfield = "HU"
      /// Standardised uptake values.
      case uptake = "SUV"
      /// As the scanner wrote them.
      case raw
    }

    /// Channel number; equals the position in `ModelCard.inputs`.
    package var index: Int
    package var name: String
    /// DICOM modality: `CT`, `MR`, `PT`.
    package var modality: String
    /// MR sequence.
    package var sequence: String?
    package var units: Units?
    /// Whether contrast medium is expected: `yes`, `no`, `either`.
    package var contrast: String?
    package var note: String?
  }

  /// A label as published, with the codes that DICOM-SEG wants.
  package struct Label: Decodable, Equatable, Sendable {
    /// Voxel value in what the publisher delivers.
    package var value: Int
    /// `nil` where the sources disagree; see `alternatives`.
    package var name: String?
    /// The trained labels that become this one; empty when it does not come from a network.
    @LabelSources package var sources: [Source]
    /// Red, green, blue, 0...255.
    package var rgb: [Int]?
    package var category: Code?
    package var type: Code?
    package var modifier: Code?
    package var region: Code?
    package var regionModifier: Code?
    /// Name in MHub's SegDB.
    var segdb: String?
    var codesStatedBy: String?
    package var note: String?
    package var alternatives: [Alternative]

    private enum CodingKeys: String, CodingKey {
      case value, name
      case sources = "from"
      case rgb, category, type, modifier, region, regionModifier, segdb, codesStatedBy, note
      case alternatives
    }

    /// Trained labels of one weight set.
    package struct Source: Equatable, Sendable {
      package var weights: String
      package var values: [Int]
    }
  }

  /// A name that one of several sources gives.
  package struct Alternative: Decodable, Equatable, Sendable {
    package var name: String
    package var statedBy: String
  }

  /// A coded term as DICOM writes it.
  package struct Code: Decodable, Equatable, Sendable {
    package var value: String
    /// Coding scheme designator: `SCT` (SNOMED CT) or `NCIt`.
    package var scheme: String
    package var meaning: String?
  }

  /// One step that happened to the images before nnU-Net.
  package struct Preparation: Decodable, Equatable, Sendable {
    package var step: String
    /// Whether voxels or grid change, so that users have to do it too; otherwise a format was read.
    package var changesImage: Bool
    package var statedBy: String
  }

  /// What one source does with nnU-Net's output, in order; empty: nothing.
  package struct Postprocessing: Decodable, Equatable, Sendable {
    package var statedBy: String
    package var steps: [String]
  }

  /// Another model and how it relates.
  package struct Relation: Decodable, Equatable, Sendable {
    @Checked<ModelName> package var name: String
    package var how: String
  }

  /// Sources that disagree.
  package struct Conflict: Decodable, Equatable, Sendable {
    package var about: String
    package var statements: [Statement]
    /// What nnx makes of it.
    package var treatment: String
  }
}
