import NNXModel

extension InstallPlan.Item {
  /// The models that are meant where an archive holds several trainings of one configuration: those whose
  /// trainer and plans the registry names. All of them where it names neither, or none of these.
  func chosen(of models: [PublishedModel]) -> [PublishedModel] {
    func fits(_ own: String, _ named: String?) -> Bool { named == nil || own == named }
    let meant = models.filter {
      fits($0.trainer, training.trainer) && fits($0.plans, training.plans)
        && (dataset == nil || $0.dataset == dataset)
    }
    let isAmbiguous = models.contains { one in
      models.contains {
        $0 != one && $0.configuration == one.configuration
      }
    }
    return isAmbiguous && !meant.isEmpty ? meant : models
  }
}
