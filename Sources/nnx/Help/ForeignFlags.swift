import NNXSystem

/// Flags of nnU-Net and TotalSegmentator, and of other verbs, answered with ours: people type what their hands know.
struct ForeignFlag {
  /// Whose flag it is.
  let tool: String
  let names: [String]
  /// What follows the flag's name in the answer.
  let answer: String

  private init(_ tool: String, _ names: String, _ answer: String) {
    self.tool = tool
    self.names = names.split(separator: " ").map(String.init)
    self.answer = answer
  }

  /// What a flag is called here; `nil` when no other tool has it.
  static func answer(to flag: String) -> String? {
    let known = all.filter { $0.names.contains(flag) }
    return known.first.map { first in
      "\(first.tool)'s \(flag) \(first.answer)"
        + known.dropFirst().map { "; \($0.tool)'s \($0.answer)" }.joined()
    }
  }

  /// Refuses words of one dash and several letters that other tools have as flags: the parser would take
  /// each letter for a flag.
  ///
  /// - Throws: `usage`.
  static func check(_ words: [String]) throws(NNXError) {
    for word in words.prefix(while: { $0 != "--" }) {
      let name = String(word.prefix { $0 != "=" })
      guard name.hasPrefix("-"), !name.hasPrefix("--"), name.count > 2,
        let answer = answer(to: name)
      else { continue }
      throw NNXError(.usage, answer)
    }
  }

  private static let cpu = "is not needed: nnx runs on the CPU"
  private static let memory = "is not needed: nnx needs less memory (limit it with --max-memory 4G)"
  private static let threads = "is --threads here"

  private static let all = [
    ForeignFlag("nnx convert", "--series", "is a part of the path here: FOLDER#SERIES"),
    ForeignFlag("nnU-Net", "--disable_tta", "is --no-tta here"),
    ForeignFlag("nnU-Net", "-f --fold", "is --folds here, as in --folds 0"),
    ForeignFlag(
      "nnU-Net", "-d -t --task_name", "is a model's name here: -m NAME (see nnx list -a)"),
    ForeignFlag("nnU-Net", "-tr --trainer_class_name", "is --trainer here"),
    ForeignFlag("nnU-Net", "-ctr", "is not needed: a cascade brings its first stage along"),
    ForeignFlag("nnU-Net", "-p --plans_identifier", "is --plans here"),
    ForeignFlag("nnU-Net", "-chk", "is --checkpoint here: final, best or latest"),
    ForeignFlag("nnU-Net", "-step_size --step_size", "is --step-size here"),
    ForeignFlag("nnU-Net", "-device --device", cpu),
    ForeignFlag("nnU-Net", "--all_in_gpu -all_in_gpu --not_on_device", cpu),
    ForeignFlag("nnU-Net", "-npp -nps --num_threads_preprocessing", threads),
    ForeignFlag("nnU-Net", "--num_threads_nifti_save", threads),
    ForeignFlag(
      "nnU-Net", "-num_parts -part_id --num_parts --part_id",
      "is not needed: give each job images of its own with -i"),
    ForeignFlag(
      "nnU-Net", "--continue_prediction --c",
      "is not needed: the same command again goes on with what is missing"),
    ForeignFlag("nnU-Net", "--overwrite_existing", "is --overwrite here"),
    ForeignFlag("nnU-Net", "--save_npz -z", "is --save-probabilities here"),
    ForeignFlag("nnU-Net", "--save_probabilities", "is --save-probabilities here"),
    ForeignFlag(
      "nnU-Net", "-prev_stage_predictions --prev_stage_predictions -l --lowres_segmentations",
      "is --previous-stage here"),
    ForeignFlag("nnU-Net", "--disable_progress_bar", "is --progress none here"),
    ForeignFlag("nnU-Net", "--disable_mixed_precision --mode", "is not needed: nnx has one way"),
    ForeignFlag("nnU-Net", "-pp_pkl_file -plans_json", "is --postprocess or found by nnx itself"),
    ForeignFlag("TotalSegmentator", "-ff", "is --fastest here"),
    ForeignFlag(
      "TotalSegmentator", "--task -ta",
      "is a model's name here: -m totalsegmentator for total, -m totalsegmentator-mr for total_mr, "
        + "-m ts-liver-vessels for liver_vessels (all of them: nnx search totalsegmentator)"),
    ForeignFlag("TotalSegmentator", "-rs", "is --roi-subset here"),
    ForeignFlag(
      "TotalSegmentator", "--roi_subset_robust -rsr", "has no twin here; --roi-subset finds at 6 mm"
    ),
    ForeignFlag(
      "TotalSegmentator", "--ml -ml",
      "is not needed: nnx always writes one label map; --one-file-each adds a file for each structure"
    ),
    ForeignFlag(
      "TotalSegmentator", "--no_derived_masks -ndm",
      "is not needed: body and skin are made with --one-file-each of ts-body alone"),
    ForeignFlag("TotalSegmentator", "-s", "is --statistics here"),
    ForeignFlag(
      "TotalSegmentator", "--radiomics -r", "has no twin here; nnx stats has volumes and HU"),
    ForeignFlag(
      "TotalSegmentator", "--output_type -ot", "is the ending of -o here, as in -o seg.nrrd"),
    ForeignFlag("TotalSegmentator", "--nr_thr_resamp -nr --nr_thr_saving -ns", threads),
    ForeignFlag("TotalSegmentator", "-d", cpu),
    ForeignFlag(
      "TotalSegmentator",
      "--body_seg -bs --force_split -fs --robust_crop -rc --crop_path -cp --crop", memory),
    ForeignFlag("TotalSegmentator", "--skip_saving -ss", "has no twin here; nnx writes the labels"),
    ForeignFlag("TotalSegmentator", "-rmb", "is --remove-small-blobs here"),
    ForeignFlag(
      "TotalSegmentator",
      "--higher_order_resampling -ho --high_order_resampling --higher_order_resampling_LEGACY "
        + "--high_order_resampling_LEGACY --resampling_order -ro",
      "has no twin here: labels come back as the package brings them without it"),
    ForeignFlag(
      "TotalSegmentator", "--save_lowres -sl", "has no twin here: labels lie on the image's grid"),
    ForeignFlag(
      "TotalSegmentator", "--model_size -ms", "has no twin here: the network is the large one"),
    ForeignFlag(
      "TotalSegmentator", "--report -rp", "is a command of its own here: nnx report FOLDER"),
    ForeignFlag(
      "TotalSegmentator",
      "--stats_aggregation -sa --statistics_extra -sx --stats_include_incomplete -sii",
      "has no twin here; nnx stats has volumes, HU and what touches the border"),
    ForeignFlag(
      "TotalSegmentator", "--list-tasks -lt", "is a command here: nnx search totalsegmentator"),
    ForeignFlag(
      "TotalSegmentator", "--list-classes -lc",
      "is a command here: nnx info totalsegmentator labels"),
    ForeignFlag(
      "TotalSegmentator", "-sp", "is --save-probabilities here, for nnU-Net's own labels"),
    ForeignFlag("TotalSegmentator", "--debug", "is not needed: errors say what was done to what"),
    ForeignFlag(
      "TotalSegmentator", "--license_number", "is not used: see nnx explain needs-licence"),
    ForeignFlag("TotalSegmentator", "--nora_tag", "has no twin here"),
    ForeignFlag("TotalSegmentator", "-v1o -v1_order", "is --v1-order here"),
    ForeignFlag("TotalSpineSeg", "--iso", "has no twin here; results lie on the image's grid"),
    ForeignFlag(
      "TotalSpineSeg", "-k --keep-only",
      "is said by what is wanted: --step1, --soft-maps (step1_canal, step1_cord), --levels"),
    ForeignFlag("HD-BET", "--save_bet_mask", "is not needed: the mask is the result"),
    ForeignFlag("HD-BET", "--no_bet_image", "is --no-masked-image here"),
    ForeignFlag(
      "MRSegmentator", "--body_comp", "is a model's name here: -m mrsegmentator-body-comp"),
    ForeignFlag("MRSegmentator", "--batchsize --nproc --nproc_export --cpu_only", memory),
    ForeignFlag("MHub", "--gpus --gpu", cpu),
  ]
}
