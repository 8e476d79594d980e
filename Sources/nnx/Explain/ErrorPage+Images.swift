extension ErrorPage {
  /// Images and results.
  static let images: [ErrorPage] = [
    ErrorPage(
      "broken-image", exit: [65],
      meaning: "An image is damaged, or says of itself what cannot be true.",
      why: "A file that was cut short, or headers that do not fit the data.",
      advice: [
        "Copy or convert it again from its source",
        "nnx names the byte or member where it goes wrong",
      ]),
    ErrorPage(
      "unsupported-image", exit: [65],
      meaning: "A file of a kind, or with a property, that nnx does not read.",
      why: "The message says which.",
      advice: [
        "Convert it to NIfTI, for example with dcm2niix"
      ]),
    ErrorPage(
      "geometry", exit: [65],
      meaning: """
        The position of the voxels in the patient cannot be used, or differs between channels.
        """,
      why: """
        Axes that are not at right angles, spacings of zero, or channels on different grids.
        """,
      advice: [
        "Resample the images to one grid first"
      ]),
    ErrorPage(
      "not-finite", exit: [65],
      meaning: "The image holds voxels that are no numbers (NaN or infinite).",
      why: "They come from divisions by zero or from resampling outside the image.",
      advice: [
        "Replace them, with a value that the scanner could have written",
        "To take what nnU-Net makes of them: --allow non-finite",
      ]),
    ErrorPage(
      "non-finite", exit: [65],
      meaning: "The network's answer holds values that are no numbers.",
      why: "Weights or input are far outside of what the model was trained on.",
      advice: [
        "Check the model with: nnx verify NAME",
        "Check the units of the image",
      ]),
    ErrorPage(
      "wrong-range", exit: [65],
      meaning: "The image's values are not those that the model's normalisation takes.",
      why: "A model of colour pictures wants RGB of 0 to 255.",
      advice: [
        "Export the image again as 8-bit RGB"
      ]),
    ErrorPage(
      "not-hounsfield", exit: [65],
      meaning: "A CT image does not look like Hounsfield units.",
      why: """
        It was rescaled for display, kept its offset of 1024, was normalised before, or is no CT: \
        it has no air and no fat, which lie below 0. The model was trained on Hounsfield \
        units, and would answer nonsense.
        """,
      advice: [
        "Export the scan again without rescaling",
        "To go on all the same: --allow units",
      ]),
    ErrorPage(
      "looks-like-ct", exit: [65],
      meaning: "An image that should be MR or PET looks like CT.",
      why: """
        Part of it lies near -1000, as air does in Hounsfield units and nowhere else. Either the \
        model is for another kind of image, or the images of a case are in the wrong order.
        """,
      advice: [
        "See what the model expects, in which order: nnx info NAME --inputs",
        "To go on all the same: --allow units",
      ]),
    ErrorPage(
      "one-fold", exit: [64],
      meaning: "A map of where folds disagree was asked for, and there is one fold.",
      why: """
        The map and the numbers compare the labels of several networks; see docs/uncertainty.md.
        """,
      advice: [
        "See which folds there are: nnx info NAME",
        "Get the others: nnx install NAME --folds all",
      ]),
    ErrorPage(
      "empty-grid", exit: [65],
      meaning: """
        The image has no voxels in one direction, or would have none after resampling.
        """,
      why: "An empty image, or one with a spacing that cannot be.",
      advice: [
        "Look at its header"
      ]),
    ErrorPage(
      "endless-grid", exit: [65],
      meaning: "The image would have more voxels at the model's spacing than can be counted.",
      why:
        "Its spacing is in other units than mm, such as µm or m, or that of the model cannot be.",
      advice: [
        "Compare it with the image: nnx stats IMAGE shows the spacing",
        "Mend the header with the program that wrote the image",
      ]),
    ErrorPage(
      "channels", exit: [65],
      meaning: """
        The model needs another number of images per case, or got one of them twice.
        """,
      why: "A model of several sequences needs each, in its own order.",
      advice: [
        "The message lists them in order",
        "See nnx info NAME --inputs",
      ]),
    ErrorPage(
      "no-images", exit: [66],
      meaning: "No image was found where nnx looked.",
      why: "The folder is empty, or its files end otherwise.",
      advice: [
        "The message says which files were seen",
        "nnx reads .nii, .nii.gz and what docs/format says",
      ]),
    ErrorPage(
      "cases-failed", exit: [1],
      meaning: "Some cases failed.",
      why: """
        A case whose image is broken, lacks a channel or is no image fails alone; the reasons stand \
        below the count.
        """,
      advice: [
        "Run the same command again: what is done is kept",
        "Stop at the first failure with --fail-fast",
      ]),
    ErrorPage(
      "different-labels", exit: [65],
      meaning: "Models or predictions that should be combined have different labels.",
      why:
        "An ensemble averages the same labels only: as many, each value under one name in all of them.",
      advice: [
        "Combine models of one dataset"
      ]),
    ErrorPage(
      "different-cases", exit: [65],
      meaning: "The folders to combine or compare hold different cases.",
      why: "A prediction or reference is missing, or named otherwise.",
      advice: [
        "The message lists what is missing"
      ]),
    ErrorPage(
      "unknown-labels", exit: [65],
      meaning: "It is not known which labels a segmentation has.",
      why: "It was not made by nnx, and carries no table of labels.",
      advice: [
        "Give the model or a file of labels"
      ]),
    ErrorPage(
      "broken-probabilities", exit: [65],
      meaning: "A file of probabilities is damaged or does not fit.",
      why: """
        It must be the .npz, with its .pkl or .nnx.json, that a prediction wrote with \
        --save-probabilities.
        """,
      advice: [
        "Predict again with --save-probabilities"
      ]),
    ErrorPage(
      "incomplete", exit: [1],
      meaning: "The comparison is done, and some cases had no partner.",
      why: "A prediction or reference is missing; the numbers are those of the rest.",
      advice: [
        "The message lists what is missing"
      ]),
    ErrorPage(
      "no-labels", exit: [1],
      meaning: "The labels that were asked for are not in the segmentation.",
      why: "They have no voxel, or none is called so.",
      advice: [
        "See what it holds with: nnx stats SEG"
      ]),
    ErrorPage(
      "no-segmentations", exit: [66],
      meaning: "No segmentation was found where nnx looked.",
      why: "The folder is empty, or its files end otherwise.",
      advice: [
        "Give the folder that nnx predict wrote"
      ]),
    ErrorPage(
      "invalid-record", exit: [65],
      meaning: "A file that should be the record of a run is none.",
      why: """
        Records are the .json files beside segmentations; see docs/format/run-record.md.
        """,
      advice: [
        "Give the .json beside the segmentation"
      ]),
  ]
}
