import Testing

/// The short form of `Scripts/fuzz files` (docs/fuzzing.md).
struct FuzzScriptTests {
  @Test func damagedFilesOfEveryKindAreBorne() throws {
    try runScript(["fuzzing/files.py", "300"])
  }
}
