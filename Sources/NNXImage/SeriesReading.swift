import NNXDICOM

/// How a series of DICOM becomes an array.
package struct SeriesReading: Equatable, Sendable {
  /// The order of the array, by the program that a model's images were converted with.
  package enum Order: String, CaseIterable, Sendable {
    /// As dcm2niix 1.0.20260724 writes it: rows reversed; an acquisition in three dimensions (MRAcquisitionType)
    /// turned to right, front and head, axes and all.
    case dcm2niix
    /// As the scanner has it, and SimpleITK reads it: rows from the top, slices ascending along row × column.
    case dicom
  }

  package var order = Order.dcm2niix
  /// What is done with slices that are no volume as they are.
  package var allowed: Set<SliceStack.Allowance> = []

  package init(_ order: Order = .dcm2niix, allowed: Set<SliceStack.Allowance> = []) {
    (self.order, self.allowed) = (order, allowed)
  }
}
