import NNXSystem

extension JobFile {
  /// A Job of Kubernetes: workers that share a volume.
  ///
  /// - Parameters:
  ///   - image: of the container, with nnx and the model in it.
  ///   - claimName: of the volume's claim, which all pods write to (ReadWriteMany).
  package func kubernetes(image: String, claimName: String) -> String {
    let words = (command + ["--claim", "--threads", "\(request.cores)"])
    let arguments = words.map { "            - \(Self.yaml($0))" }.joined(separator: "\n")
    let final = JobRequest.list(NNXError.ExitStatus.final)
    return """
      # Written by nnx \(Version.current) after the documentation of Kubernetes; nobody ran it on a cluster.
      # Folders lie on a volume that all pods can write to (ReadWriteMany), at the paths that they have here.
      \(comments("#").joined(separator: "\n"))
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: nnx-\(name.lowercased())
      spec:
        completionMode: Indexed
        completions: \(request.workers)
        parallelism: \(request.workers)
        # Statuses not named below, 75 and 137 among them, begin a worker again.
        backoffLimitPerIndex: \(request.restarts)
        podFailurePolicy:
          rules:
            - action: Ignore
              onPodConditions:
                - type: DisruptionTarget
            # The same would come of it again.
            - action: FailIndex
              onExitCodes:
                operator: In
                values: [\(final)]
        template:
          spec:
            restartPolicy: Never
            terminationGracePeriodSeconds: \(Int(JobRequest.grace))
            containers:
              - name: nnx
                image: \(Self.yaml(image))
                workingDir: \(Self.yaml(folder))
                command:
      \(arguments)
                resources:
                  requests: &size
                    cpu: "\(request.cores)"
                    memory: \(request.memory)Mi
                  limits: *size
                volumeMounts:
                  - name: cohort
                    mountPath: \(Self.yaml(Self.common(folder, results)))
            volumes:
              - name: cohort
                persistentVolumeClaim:
                  claimName: \(Self.yaml(claimName))

      """
  }

  /// A scalar in double quotes, as JSON has it, which YAML reads.
  static func yaml(_ text: String) -> String { OrderedJSON.string(text).text() }

  /// The narrowest folder above two; never `/`, which no volume may be.
  private static func common(_ a: String, _ b: String) -> String {
    var folder = a
    while folder != "/", !"\(b)/".hasPrefix("\(folder)/") { folder = parentFolder(folder) }
    return folder == "/" ? parentFolder(b) : folder
  }
}
