import Foundation
import NNXSystem
import TestSupport

// loopback-zenodo FOLDER [options]: Zenodo, GitHub and Hugging Face on this machine, to run the real nnx against by hand.

let usage = """
  usage: loopback-zenodo FOLDER [--port N] [--shape current|rdm|transitional] [--ca FILE]
                         [--fault KIND[:TIMES[:CUT]]] [--flaw KIND] [--rate BYTES_PER_SECOND]
                         [--quiet]

  Serves FOLDER/RECORD/FILE as zenodo.org over TLS, behind a proxy on 127.0.0.1, and
  FOLDER/github.com/OWNER/NAME/TAG/FILE and FOLDER/huggingface.co/OWNER/NAME/REVISION/PATH as
  those two; FOLDER/hosts/NAME/… as static trees of other hosts. FOLDER/RECORD/record.json may give concept,
  title, published and license. Prints the environment that makes nnx use it:

    eval "$(loopback-zenodo FOLDER --port 8443 &)"; nnx install 10.5281/zenodo.RECORD

  --fault   misbehave on the first TIMES (default 1) requests for each file, after CUT bytes
  --flaw    \(TestAuthority.Flaw.allCases.map(\.rawValue).joined(separator: ", ")): every handshake
  Faults:   \(TransferFault.allCases.map(\.rawValue).joined(separator: " "))
  """

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("loopback-zenodo: \(message)\n\(usage)\n".utf8))
  exit(64)
}

var arguments = Array(CommandLine.arguments.dropFirst())
var options: [String: String] = [:]
var folders: [String] = []
var isQuiet = false
while let argument = arguments.first {
  arguments.removeFirst()
  switch argument {
  case "--quiet": isQuiet = true
  case "--help":
    print(usage)
    exit(0)
  case "--port", "--shape", "--ca", "--fault", "--flaw", "--rate":
    guard let value = arguments.first else { fail("\(argument) needs a value") }
    arguments.removeFirst()
    options[argument] = value
  default: folders.append(argument)
  }
}
guard let folder = folders.first, folders.count == 1 else { fail("one folder, please") }

let parts = (options["--fault"] ?? "none:0").split(separator: ":").map(String.init)
guard let fault = TransferFault(rawValue: parts[0]),
  let flaw = TestAuthority.Flaw(rawValue: options["--flaw"] ?? "none"),
  let shape = TestRecord.Shape(rawValue: options["--shape"] ?? "current"),
  let port = Int(options["--port"] ?? "0")
else { fail("unknown value") }
let times = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
let cut = parts.count > 2 ? Int(parts[2]) ?? 1000 : 1000

let others = "\(folder)/hosts"
var hosts: [String: String] = [:]
if Folder.isFolder(others) == true {
  for name in try Folder.entries(others) { hosts[name] = "\(others)/\(name)" }
}
let speaks = !isQuiet
let zenodo = try LoopbackZenodo(
  TestRecord.all(in: folder), releases: TestRelease.all(in: folder), port: port, shape: shape,
  bytesPerSecond: options["--rate"].flatMap { Int($0) }, hosts: hosts,
  script: { request, isFile in
    if speaks {
      let range = request.headers["range"].map { "  \($0)" } ?? ""
      let line = "\(request.method) \(request.host ?? "-")\(request.path)\(range)\n"
      FileHandle.standardError.write(Data(line.utf8))
    }
    return isFile && fault != .none && request.number <= times ? (fault, cut) : nil
  }, flaw: { _, _ in flaw })
var environment = zenodo.environment
if let path = options["--ca"] {
  try Data(TestAuthority.shared.pem).write(to: URL(fileURLWithPath: path))
  environment["CURL_CA_BUNDLE"] = path
}
for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
  print("export \(name)='\(value)'")
}
fflush(nil)
while true { pause() }
