extension ErrorPage {
  /// Models and checkpoints.
  static let models: [ErrorPage] = [
    ErrorPage(
      "no-model", exit: [65],
      meaning: "No nnU-Net model was found.",
      why: """
        A v2 model has plans.json, dataset.json and fold_*/checkpoint_*.pth; a v1 model has \
        fold_*/model_*.model with .model.pkl.
        """,
      advice: [
        "An archive inside of an archive is named: unpack the outer one, and install the inner one",
        "See what a file or folder holds with: nnx inspect PATH",
      ]),
    ErrorPage(
      "invalid-model", exit: [65],
      meaning: "Plans, dataset and weights contradict themselves or each other.",
      why: "Files of different trainings were mixed, or edited.",
      advice: [
        "The message names the member",
        "Look at the model with: nnx inspect PATH",
      ]),
    ErrorPage(
      "invalid-checkpoint", exit: [65],
      meaning: """
        A checkpoint or pickle is damaged, holds values that nnx does not read, or lacks \
        nnU-Net's keys.
        """,
      why: "A file that was cut short, or saved by another program.",
      advice: [
        "Download it again",
        "See what it is with: nnx inspect FILE",
      ]),
    ErrorPage(
      "unsafe-pickle", exit: [65],
      meaning: """
        A checkpoint asks for more than values: loading it in Python could run a program.
        """,
      why: """
        PyTorch's files are pickles, which can name any function of Python. nnx reads them as \
        data, takes every name that PyTorch's weights_only=True takes, and refuses all others; \
        nothing was run.
        """,
      advice: [
        "See what it asks for with: nnx inspect FILE",
        "Do not load the file in Python before somebody has looked at it",
      ]),
    ErrorPage(
      "unsupported-network", exit: [65],
      meaning: "The model is fine, and nnx has no engine for its network or preprocessing.",
      why: """
        nnx runs PlainConvUNet and ResidualEncoderUNet (nnU-Net v2), Generic_UNet and \
        FabiansUNet (v1).
        """,
      advice: [
        "It is installed all the same, for nnU-Net itself:",
        "nnUNet_results=\"$(nnx path NAME --results)\" nnUNetv2_predict …",
      ]),
    ErrorPage(
      "unsupported-resampling", exit: [65],
      meaning: "The plans name a resampling function that nnx does not have.",
      why: "nnx knows those of stock plans.",
      advice: [
        "Run the model with nnU-Net itself, from nnx path NAME --results"
      ]),
    ErrorPage(
      "missing-weights", exit: [65],
      meaning: "The weights are not those of the architecture.",
      why: "A tensor is missing or has another shape.",
      advice: [
        "nnx verify NAME, and then nnx install --force NAME"
      ]),
    ErrorPage(
      "unknown-configuration", exit: [66],
      meaning: "The model has no such configuration or set of weights.",
      why: "Models have one or several of 2d, 3d_fullres, 3d_lowres, 3d_cascade_fullres.",
      advice: [
        "The message lists what there is",
        "See nnx info NAME",
      ]),
    ErrorPage(
      "several-models", exit: [64],
      meaning: "A model was trained several ways, and it is not said which is meant.",
      why: "Its archive holds more than one trainer, or more than one plans, for a configuration.",
      advice: [
        "Choose one with --trainer or --plans; the message lists them"
      ]),
    ErrorPage(
      "unknown-fold", exit: [64, 66],
      meaning: "The model has no such fold.",
      why: "Some models were published with one fold, or only some were installed.",
      advice: [
        "See which there are with: nnx info NAME",
        "Get the rest with: nnx install NAME --folds all",
      ]),
    ErrorPage(
      "unknown-checkpoint", exit: [66],
      meaning: "No checkpoint of that name was installed.",
      why: "Publishers mostly ship the final checkpoint alone.",
      advice: [
        "Leave out --checkpoint",
        "See nnx info NAME",
      ]),
    ErrorPage(
      "previous-stage", exit: [66],
      meaning: "A cascade needs the segmentation of its first stage.",
      why: """
        The model's 3d_lowres configuration is not installed, and no folder of its results was \
        given.
        """,
      advice: [
        "Install the whole model",
        "Or give the results: --previous-stage FOLDER",
      ]),
    ErrorPage(
      "no-postprocessing", exit: [66],
      meaning: "The model came without post-processing rules.",
      why: "nnU-Net writes them only after nnUNetv2_find_best_configuration.",
      advice: [
        "Leave out --postprocess"
      ]),
    ErrorPage(
      "recipe-mismatch", exit: [65],
      meaning: "The publisher's recipe does not fit the installed networks.",
      why: """
        The recipe of the registry names labels that a network does not write, or its networks read \
        different channels: the archive is not the one that the entry describes.
        """,
      advice: [
        "Compare the entry with its archive: nnx registry lint NAME",
        "Write nnU-Net's own labels instead: --raw-labels",
      ]),
    ErrorPage(
      "invalid-receipt", exit: [65],
      meaning: "What nnx wrote down about an installed model cannot be read.",
      why: "The file was edited or damaged.",
      advice: [
        "nnx install --force NAME",
        "Or remove it: nnx uninstall NAME",
      ]),
  ]
}
