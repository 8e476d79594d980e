import NNXImage
import NNXSystem
import NNXTensor

/// One case of a cohort: its numbers, its pictures, and what is worth a look.
struct CohortCase {
  struct Thumbnail {
    /// `axial`, …, `surface`.
    let name: String
    let png: [UInt8]
  }

  let name: String
  /// File name of the segmentation.
  let file: String
  /// SHA-256 of the segmentation.
  let digest: String
  /// Name and version of the model; empty when the record names none.
  let model: String
  /// Whether one of the images is PET, as the names of the channels say.
  let hasPET: Bool
  let labels: [LabelStatistics]
  let thumbnails: [Thumbnail]
  let stack: SliceStack?
  /// One line each.
  var notes: [String]

  /// Reads, measures and draws a case.
  ///
  /// - Throws: what reading the segmentation throws. An image that is missing, another than the one
  ///   segmented, or unreadable is a note, and the labels are drawn alone.
  init(_ entry: CohortFolder.Entry, _ plan: PicturePlan) throws(NNXError) {
    name = entry.name
    file = lastComponent(entry.segmentation)
    digest = try Digest.ofFile(entry.segmentation, .sha256)
    let parts = ["name", "version"].compactMap { entry.record["model"]?[$0]?.string }
    model = parts.joined(separator: " ")
    hasPET = (entry.record["input"]?.array ?? []).contains { input in
      let channel = input["channel"]?.string?.uppercased() ?? ""
      return channel.contains("PET") || channel == "PT"
    }
    notes = entry.record["warnings"]?.array?.compactMap(\.string) ?? []
    if let expected = entry.record["output"]?["sha256"]?.string, expected != digest {
      if let owner = entry.recorded.otherOwner(of: digest) {
        throw NNXError(
          .invalidRecord, "it is the segmentation of \(owner), as the record of that says")
      }
      notes.append("the segmentation was changed after the run")
    }
    var segmentation = try readNamedSegmentation(entry.segmentation)
    if let doubt = segmentation.doubt(entry.segmentation) { notes.append(doubt) }
    let (image, problem) = CohortCase.image(entry, segmentation)
    if let image { segmentation = segmentation.completed(to: image.geometry, image.header) }
    if let problem { notes.append(problem) }
    labels = try LabelStatistics.measure(segmentation, image: image)
    let cut = labels.filter { !$0.touches.isEmpty }
    if !cut.isEmpty {
      let parts = cut.map { "\($0.name) (\($0.touches.joined(separator: ", ")))" }
      notes.append("at the image's edge: " + parts.joined(separator: ", "))
    }
    let drawable = image?.withoutNonFinite()
    if let count = drawable?.count, count > 0 { notes.append(notFiniteNote(count)) }
    let ground = drawable?.image ?? Self.empty(segmentation)
    let picture = SlicePicture(
      image: ground, segmentation: segmentation, window: GreyWindow(for: image ?? ground))
    let counts = SliceCounts.all(in: segmentation.labels)
    thumbnails = Self.thumbnails(picture, counts, side: plan.side)
    stack = SliceStack(picture, counts, most: plan.slices, side: plan.sliceSide)
  }

  /// The image to draw, or why there is none.
  private static func image(
    _ entry: CohortFolder.Entry, _ segmentation: Segmentation
  ) -> (Image?, problem: String?) {
    guard let path = entry.image else {
      let name = entry.input?["path"]?.string.map(lastComponent) ?? "image"
      return (nil, "\(name) is not found; labels are shown alone")
    }
    do throws(NNXError) {
      if let expected = entry.input?["sha256"]?.string, try imageDigest(path) != expected {
        return (nil, "\(lastComponent(path)) is not the image that was segmented")
      }
      let image = try readGreyImage(path, under: segmentation)
      try segmentation.completed(to: image.geometry, image.header).checkGrid(of: image)
      return (image, nil)
    } catch {
      return (nil, error.message)
    }
  }

  /// What labels are drawn on where there is no image.
  private static func empty(_ segmentation: Segmentation) -> Image {
    Image(
      voxels: Tensor(segmentation.geometry.shape), geometry: segmentation.geometry,
      header: segmentation.header)
  }

  /// The three planes where most is labelled, and the surfaces from the front. Of a single slice, the
  /// slice.
  private static func thumbnails(
    _ picture: SlicePicture, _ counts: [[Int]]?, side: Int
  ) -> [Thumbnail] {
    let (segmentation, geometry) = (picture.segmentation, picture.segmentation.geometry)
    let isFlat = geometry.shape.contains(1)
    var thumbnails: [Thumbnail] = []
    for view in SliceView.allCases {
      let plane = SlicePlane(view, geometry)
      guard !isFlat || plane.through.extent == 1 else { continue }
      thumbnails.append(
        Thumbnail(
          name: view.rawValue,
          png: picture.draw(plane, slice: plane.fullestSlice(counts), side: side).png))
    }
    if !isFlat, counts != nil {
      let surface = SurfacePicture(segmentation, labels: Preview.surfaces(of: segmentation.labels))
      thumbnails.append(
        Thumbnail(name: "surface", png: surface.draw([.front], side: side)[0].png))
    }
    return thumbnails
  }
}
