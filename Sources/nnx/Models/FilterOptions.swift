import ArgumentParser
import NNXStore

/// Flags that choose among models; the same for `list` and `search`.
struct FilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only models for CT, MR or PT (PET).", valueName: "CT"))
  var modality: [String] = []

  @Option(help: ArgumentHelp("Only models of an organ.", valueName: "liver"))
  var organ: [String] = []

  @Option(help: ArgumentHelp("Only models that segment this.", valueName: "tumour"))
  var label: [String] = []

  @Flag(help: "Only models that may be used commercially beyond doubt.")
  var commercial = false

  @Option(help: ArgumentHelp("Order: name, size or date.", valueName: "order"))
  var sort: ModelFilter.Order?

  var filter: ModelFilter {
    var filter = ModelFilter()
    filter.modalities = modality
    filter.organs = organ
    filter.labels = label
    filter.isCommercial = commercial
    return filter
  }
}

extension ModelFilter.Order: ExpressibleByArgument {}
