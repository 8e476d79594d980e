import ArgumentParser
import NNXDICOM
import NNXImage
import NNXSystem

/// What `nnx convert` can be told of images.
struct ImageConversionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Order of the array: dcm2niix or dicom, as SimpleITK reads it.", valueName: "order"))
  var order = SeriesReading.Order.dcm2niix

  @Option(
    help: ArgumentHelp(
      "Series, by UID or number; UID#n is its n-th volume.", valueName: "series"))
  var series: String?

  @Option(
    help: ArgumentHelp("Put labels on the grid of this series or image.", valueName: "path"))
  var like: String?

  @Option(
    help: ArgumentHelp(
      "Go on as dcm2niix does where slices are no volume: uneven, tilt or frames.",
      valueName: "what"))
  var allow: [SliceStack.Allowance] = []

  var reading: SeriesReading { SeriesReading(order, allowed: Set(allow)) }

  /// Whether what is to be converted is an image, not a model.
  func isImage(_ input: String) -> Bool {
    if series != nil || like != nil { return true }
    guard let format = try? ImageFormat(path: input) else { return false }
    // Zips may hold models, and folders of models zips.
    guard format == .dicom, let address = SeriesAddress(input), address.series == nil else {
      return true
    }
    return (try? DICOMScan.of(input)).map {
      !($0.series.isEmpty && $0.damaged.isEmpty && $0.segmentations.isEmpty)
    } ?? false
  }
}

extension SeriesReading.Order: ExpressibleByArgument {}
extension SliceStack.Allowance: ExpressibleByArgument {}
