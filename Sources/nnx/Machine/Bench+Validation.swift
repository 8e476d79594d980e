import ArgumentParser

extension Bench {
  func validate() throws {
    guard replicas > 0 else { throw ValidationError("--replicas must be at least 1") }
    let runsNone = resampling || image != nil
    guard replicas == 1 || !layers && !runsNone else {
      throw ValidationError(
        "--replicas times whole patches: leave out --layers, --resampling and --image, or --replicas"
      )
    }
    guard (1...10_000).contains(repeats) else {
      throw ValidationError("--repeat must be from 1 to 10000")
    }
    guard network == nil || model == nil else {
      throw ValidationError("name a network or a model with -m, not both")
    }
    guard !runsNone || (network == nil && model == nil && !layers && !(resampling && image != nil))
    else {
      throw ValidationError(
        "--resampling and --image run no network: leave out the network, -m and --layers, or these")
    }
  }
}
