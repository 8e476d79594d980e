#include <openjpeg.h>

#include <string.h>

#include "nnx_dicom_shim.hpp"

namespace {

struct Source {
  const std::vector<uint8_t> &bytes;
  size_t at;
};

OPJ_SIZE_T read(void *into, OPJ_SIZE_T count, void *context) {
  auto &source = *static_cast<Source *>(context);
  size_t left = source.bytes.size() - source.at;
  if (left == 0) return static_cast<OPJ_SIZE_T>(-1);
  if (count > left) count = left;
  memcpy(into, source.bytes.data() + source.at, count);
  source.at += count;
  return count;
}

OPJ_OFF_T skip(OPJ_OFF_T count, void *context) {
  auto &source = *static_cast<Source *>(context);
  size_t left = source.bytes.size() - source.at;
  if (count < 0) return -1;
  if (static_cast<size_t>(count) > left) count = static_cast<OPJ_OFF_T>(left);
  source.at += static_cast<size_t>(count);
  return count;
}

OPJ_BOOL seek(OPJ_OFF_T place, void *context) {
  auto &source = *static_cast<Source *>(context);
  if (place < 0 || static_cast<size_t>(place) > source.bytes.size()) return OPJ_FALSE;
  source.at = static_cast<size_t>(place);
  return OPJ_TRUE;
}

template <class Word>
void store(const OPJ_INT32 *values, size_t count, void *into) {
  auto *words = static_cast<Word *>(into);
  for (size_t i = 0; i < count; i++) words[i] = static_cast<Word>(values[i]);
}

}  // namespace

const char *nnx_dicom_decode_jpeg2000(const std::vector<uint8_t> &bytes, uint32_t columns, uint32_t rows,
                                      unsigned bits, void *into) {
  Source source{bytes, 0};
  opj_stream_t *stream = opj_stream_default_create(OPJ_TRUE);
  // Some writers wrap the codestream in a JP2 file, which the standard forbids (PS3.5, A.4.4).
  bool wrapped = bytes.size() > 12 && !memcmp(bytes.data() + 4, "jP  ", 4);
  opj_codec_t *codec = opj_create_decompress(wrapped ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K);
  opj_image_t *image = nullptr;
  const char *why = "it cannot be decoded";
  if (stream && codec) {
    opj_stream_set_user_data(stream, &source, nullptr);
    opj_stream_set_user_data_length(stream, bytes.size());
    opj_stream_set_read_function(stream, read);
    opj_stream_set_skip_function(stream, skip);
    opj_stream_set_seek_function(stream, seek);
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    if (opj_setup_decoder(codec, &parameters) && opj_read_header(stream, codec, &image)) {
      // The size is in the header: nothing is decoded that would not fit.
      if (image->numcomps != 1 || image->comps[0].w != columns || image->comps[0].h != rows ||
          image->comps[0].prec > bits)
        why = "its codestream is of another size than the image";
      else if (opj_decode(codec, stream, image) && opj_end_decompress(codec, stream) &&
               image->comps[0].data && image->comps[0].w == columns && image->comps[0].h == rows) {
        size_t count = static_cast<size_t>(columns) * rows;
        if (bits == 8) store<uint8_t>(image->comps[0].data, count, into);
        else if (bits == 16) store<uint16_t>(image->comps[0].data, count, into);
        else store<uint32_t>(image->comps[0].data, count, into);
        why = nullptr;
      }
    }
  }
  if (image) opj_image_destroy(image);
  if (codec) opj_destroy_codec(codec);
  if (stream) opj_stream_destroy(stream);
  return why;
}
