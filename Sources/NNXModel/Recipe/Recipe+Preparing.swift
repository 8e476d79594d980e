import NNXSystem

// What publishers do that resample images themselves before nnU-Net sees them (docs/totalsegmentator.md).

extension Recipe {
  /// An image for networks: one channel, cut to a box, turned to the closest axes of the patient (right, front,
  /// head), resampled as `scipy.ndimage.zoom` does it, without its fractions then.
  package struct Prepare: Equatable, Sendable {
    /// What `zoom` takes beyond the last voxel.
    package enum Edge: String, Word {
      case nearest, constant
    }

    /// mm along the patient's axes, x first; `nil`: the image keeps its own.
    package var spacing: [Double]?
    /// Of the interpolation: 1 or 3.
    package var order: Int
    package var edge: Edge
    /// Whether fractions are cut off where the image has that spacing already.
    package var truncatesAlways: Bool
    package var around: Around?
    package var thirds: Thirds?
  }

  /// The box around some labels of a map on the images' grid, in whole voxels.
  package struct Around: Equatable, Sendable {
    package var of: String
    package var labels: Selection
    /// mm on each side; parts of voxels do not count.
    package var margin: Double
  }

  /// When networks see an image in three parts along the head's axis, one after the other.
  package struct Thirds: Equatable, Sendable {
    /// More voxels than this, and more planes.
    package var voxels: Int
    package var planes: Int
  }

  /// A map and what its labels become.
  package struct Part: Equatable, Sendable {
    package var of: String
    /// The label that 1, 2, … become; 0: background, as all beyond.
    package var to: [Int]
  }

  /// Small components of each of some labels, which become background.
  package struct Speck: Equatable, Sendable {
    package var labels: Selection
    /// mm³; one of exactly that size goes.
    package var upTo: Double
    package var connectivity: ComponentRule.Connectivity
  }

  /// Other steps for the same labels.
  package struct Variant: Equatable, Sendable {
    package var name: String
    package var steps: [Step]
    package var json: OrderedJSON
  }

  /// What is done where only some labels are asked for: steps whose map says where they lie.
  struct Subset: Equatable, Sendable {
    var steps: [Step]
    /// The step whose map has the entry's labels, on the images' grid.
    var around: String
    /// mm.
    var margin: Double
  }

  /// Whose files results look like.
  package enum Form: String, Word {
    /// The input's header but for what tells the type of voxels, and a label table as TotalSegmentator has it.
    case totalSegmentator = "totalsegmentator"
  }

  /// Whether steps prepare images themselves, of the files as nibabel reads them.
  package var preparesImages: Bool {
    steps.contains { if case .prepare = $0.operation { true } else { false } }
  }
}
