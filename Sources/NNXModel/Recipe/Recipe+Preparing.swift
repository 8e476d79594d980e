import NNXSystem

// What publishers do that turn and resample images themselves before nnU-Net sees them (docs/totalsegmentator.md,
// docs/mrsegmentator.md, docs/moose.md).

extension Recipe {
  /// An image for networks: one channel, cut to a box, turned to the closest axes of the patient, resampled.
  package struct Prepare: Equatable, Sendable {
    /// Whose view of the file counts.
    package enum Reader: String, Word {
      case nibabel, itk
    }

    /// Where the axes run, x first.
    package enum Axes: String, Word {
      /// To the right, the front, the head.
      case ras = "RAS"
      /// To the left, the back, the head.
      case lps = "LPS"
    }

    package enum Method: String, Word {
      /// `scipy.ndimage.zoom`: the first and last voxels of both grids lie on each other; without fractions.
      case zoom
      /// ITK's cubic B-spline in pieces, as MOOSE has it: both grids begin at the same centre; in the file's own
      /// type of voxel; labels come back to the nearest voxel in the patient.
      case bSpline = "b-spline"
      /// Linear, as torchio has it: both grids have the same centre; in the file's own type of voxel; labels come back
      /// to the nearest voxel in the patient.
      case linear
    }

    /// What `zoom` takes beyond the last voxel.
    package enum Edge: String, Word {
      case nearest, constant
    }

    package var reader = Reader.nibabel
    package var axes = Axes.ras
    package var method = Method.zoom
    /// mm along the patient's axes, x first; `nil`: the image keeps its own.
    package var spacing: [Double]?
    /// Whether the spacing is that of the network which runs on it; `following` fills it in.
    var takesNetworksSpacing = false
    /// Of the interpolation: 1 or 3.
    package var order: Int
    package var edge: Edge
    /// Whether fractions are cut off where the image has that spacing already.
    package var truncatesAlways: Bool
    package var around: Around?
    /// How networks see it in parts.
    package var pieces: Pieces?
  }

  /// The box around some labels of a map on the images' grid, in whole voxels.
  package struct Around: Equatable, Sendable {
    package var of: String
    package var labels: Selection
    /// mm on each side; parts of voxels do not count.
    package var margin: Double
    /// Whether it bounds the axis of feet and head alone.
    package var isAlongHead = false
  }

  /// A prepared image cut to the box around a map of its grid, and as a second channel every second disc of the spine
  /// that the map has, from the uppermost on.
  package struct Discs: Equatable, Sendable {
    package var of: String
    package var by: String
    /// Voxels around the box.
    package var margin: Int
  }

  /// Labels that TotalSpineSeg gives: cord, canal, vertebrae, discs.
  static let spineLabels =
    [1, 2] + Array(11...17) + Array(21...32) + Array(41...46) + [50] + Array(63...67)
    + Array(71...82) + Array(91...96) + [100]

  /// Parts that networks see one after the other, each as an image of its own.
  package enum Pieces: Equatable, Sendable {
    /// Three along the head's axis, for images of more voxels and more planes than these.
    case thirds(voxels: Int, planes: Int)
    /// Halves along the head's axis, halved again `level` times, with `margin` planes beyond each cut; 0: on request
    /// alone.
    case halves(level: Int, margin: Int)
    /// Even boxes along each axis longer than this, with `overlap` voxels beyond each cut.
    case boxes(longest: Int, overlap: Int)
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
    /// Labels of the entry that the map has not, or by whose number it means something else.
    var lacks: [Int]
    /// mm.
    var margin: Double
  }

  /// Whose files results look like.
  package enum Form: String, Word {
    /// The input's header but for what tells the type of voxels, and a label table as TotalSegmentator has it.
    case totalSegmentator = "totalsegmentator"
    /// Of ITK's writer: a new header with the input's grid and place, no names.
    case itk
    /// Of nibabel, of a file of ITK's: the input's affine as both forms, of code 2, no names.
    case nibabel
  }

  /// Whose view of the files the steps take that prepare images; `nil` where none does.
  package var reader: Prepare.Reader? {
    for step in steps {
      if case .prepare(let prepare) = step.operation { return prepare.reader }
    }
    return nil
  }

  /// Whether it takes the mean of a file's volumes, as TotalSpineSeg does.
  package var averages: Bool {
    steps.contains { step in
      if case .prepare(let prepare) = step.operation { prepare.method == .linear } else { false }
    }
  }

  /// The recipe with the spacings of its networks where it says so.
  ///
  /// - Parameter spacing: of a set of weights, mm along the file's axes, x first.
  package func following(_ spacing: (_ weights: String) -> [Double]?) -> Recipe {
    var result = self
    for index in steps.indices {
      guard case .prepare(var prepare) = steps[index].operation, prepare.takesNetworksSpacing,
        let network = steps.lazy.compactMap(\.operation.run).first(where: {
          $0.on == steps[index].name
        })
      else { continue }
      prepare.spacing = spacing(network.weights)
      result.steps[index].operation = .prepare(prepare)
    }
    return result
  }
}
