#include <string.h>

#include "nnx_dicom_shim.hpp"

namespace {

constexpr size_t header = 64;

/// Unpacks one segment (PackBits) into every `step`th byte from `to` on; says whether it has as many as wanted.
bool unpack(const uint8_t *from, size_t count, uint8_t *to, size_t step, size_t wanted) {
  size_t done = 0;
  for (size_t at = 0; done < wanted;) {
    if (at >= count) return false;
    const uint8_t mark = from[at++];
    if (mark == 128) continue;
    size_t length = mark < 128 ? mark + 1u : 257u - mark;
    if (mark < 128 ? length > count - at : at >= count) return false;
    if (length > wanted - done) length = wanted - done;
    for (size_t i = 0; i < length; i++) to[(done + i) * step] = from[mark < 128 ? at + i : at];
    at += mark < 128 ? length : 1;
    done += length;
  }
  return true;
}

}  // namespace

const char *nnx_dicom_decode_rle(const std::vector<uint8_t> &bytes, size_t pixels, size_t width, void *into) {
  const char *broken = "it cannot be decoded";
  auto number = [&](size_t index) {
    const uint8_t *at = bytes.data() + 4 * index;
    return static_cast<size_t>(at[0]) | static_cast<size_t>(at[1]) << 8 | static_cast<size_t>(at[2]) << 16 |
           static_cast<size_t>(at[3]) << 24;
  };
  if (bytes.size() < header || number(0) != width) return broken;
  for (size_t segment = 0; segment < width; segment++) {
    const size_t begin = number(1 + segment), end = segment + 1 < width ? number(2 + segment) : bytes.size();
    if (begin < header || begin > end || end > bytes.size()) return broken;
    auto *to = static_cast<uint8_t *>(into) + (width - 1 - segment);
    if (!unpack(bytes.data() + begin, end - begin, to, width, pixels)) return broken;
  }
  return nullptr;
}
