class Nnx < Formula
  desc "Install published medical segmentation models and run them"
  homepage "@HOME@"
  url "@HOME@/releases/download/v@VERSION@/nnx-@VERSION@-x86_64-linux.tar.gz"
  sha256 "@SHA256@"

  depends_on arch: :x86_64
  depends_on "ca-certificates"
  depends_on :linux

  def install
    bin.install "bin/nnx"
    man1.install Dir["share/man/man1/*"]
    generate_completions_from_executable(bin/"nnx", "completions", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/nnx --version")
    system bin/"nnx", "install", "demo-ct"
  end
end
