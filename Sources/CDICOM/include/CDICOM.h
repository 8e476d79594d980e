#pragma once

// DICOM through DCMTK and OpenJPEG, whose interfaces are C++: files as trees of elements, and frames. What the elements
// mean is told in Swift. A table of functions, because source builds load them from a library of their own
// (libnnxdicom.so) when DICOM is first met: with Debian's DCMTK come 20 libraries that no start of nnx should wait for.

#include <stddef.h>
#include <stdint.h>

/// A DICOM file in memory; its large values stay on disk until they are asked for. One thread at a time.
typedef struct nnx_dicom_file nnx_dicom_file;
/// A data set, or an item of a sequence; belongs to its file and lives as long.
typedef struct nnx_dicom_item nnx_dicom_item;

/// Functions that return text return NULL when all went well, or else why it did not; that and all other text is
/// valid until the same thread calls again. A tag is its group times 65536 plus its element.
typedef struct {
  /// To be called once, before all others: registers the codecs, looks for the dictionary, silences the log.
  const char *_Nullable (*_Nonnull prepare)(void);

  /// Opens a file, up to the element `until` (0: all of it).
  const char *_Nullable (*_Nonnull open)(const char *_Nonnull path, uint32_t until,
                                               nnx_dicom_file *_Nullable *_Nonnull file);
  /// The same, of bytes, which are copied.
  const char *_Nullable (*_Nonnull open_bytes)(const void *_Nonnull bytes, size_t count, uint32_t until,
                                                     nnx_dicom_file *_Nullable *_Nonnull file);
  /// An empty file, to be filled.
  nnx_dicom_file *_Nullable (*_Nonnull create)(void);
  void (*_Nonnull close)(nnx_dicom_file *_Nullable file);

  /// The byte of the file behind what was read: where the value of `until` begins.
  size_t (*_Nonnull stop)(nnx_dicom_file *_Nonnull file);
  nnx_dicom_item *_Nonnull (*_Nonnull dataset)(nnx_dicom_file *_Nonnull file);
  /// The file's meta information (group 2); empty in a new file.
  nnx_dicom_item *_Nonnull (*_Nonnull meta)(nnx_dicom_file *_Nonnull file);
  /// The UID of the transfer syntax that the file is in.
  const char *_Nonnull (*_Nonnull syntax)(nnx_dicom_file *_Nonnull file);

  /// The value of an element as text: several values with `\` between them, binary numbers in decimal, as many
  /// digits as tell them apart; NULL without such an element, for sequences, and above a million bytes.
  const char *_Nullable (*_Nonnull text)(nnx_dicom_item *_Nonnull item, uint32_t tag, size_t *_Nonnull length);
  /// The bytes of a value in the order of this machine, valid as long as the file; NULL for none.
  const void *_Nullable (*_Nonnull bytes)(nnx_dicom_item *_Nonnull item, uint32_t tag, size_t *_Nonnull count);
  /// The item after `previous` of the sequence `tag`; the first after NULL; NULL when there is none.
  nnx_dicom_item *_Nullable (*_Nonnull next)(nnx_dicom_item *_Nonnull item, uint32_t tag,
                                                   nnx_dicom_item *_Nullable previous);
  /// Decodes one frame into `size` bytes: stored words of BitsAllocated (8, 16 or 32) in the order of this machine.
  ///
  /// Bits above BitsStored are as stored. `size` must be rows × columns × samples × bytes of a word.
  const char *_Nullable (*_Nonnull frame)(nnx_dicom_file *_Nonnull file, uint32_t index, void *_Nonnull into,
                                                size_t size);

  /// Sets an element from text, as `text` gives it; `vr` are two letters.
  const char *_Nullable (*_Nonnull put)(nnx_dicom_item *_Nonnull item, uint32_t tag, const char *_Nonnull vr,
                                              const char *_Nonnull text);
  /// Appends an item to a sequence, which is made with the first.
  nnx_dicom_item *_Nullable (*_Nonnull append)(nnx_dicom_item *_Nonnull item, uint32_t tag);
  /// Copies an element with all that is in it, if there is one: says whether.
  int (*_Nonnull copy)(nnx_dicom_item *_Nonnull to, nnx_dicom_item *_Nonnull from, uint32_t tag);
  /// Writes the file, which has no pixels, in explicit VR little endian, and names the transfer syntax `syntax`.
  const char *_Nullable (*_Nonnull save)(nnx_dicom_file *_Nonnull file, const char *_Nonnull path,
                                               const char *_Nonnull syntax);
} nnx_dicom;

/// The functions; loads their library at the first call, from beside the running program or from ../lib.
///
/// NULL when it cannot be loaded, and then `why`.
const nnx_dicom *_Nullable nnx_dicom_load(const char *_Nullable *_Nonnull why);

/// Stored words as numbers: `stored * slope + intercept`, without fusing the two; in float32 as dcm2niix computes it,
/// or, `is_wide`, in double and rounded once, as ITK does.
///
/// `bits` of a word are 8, 16 or 32, of which `stored` up to `high` count; `is_signed`: two's complement in these.
void nnx_dicom_floats(const void *_Nonnull words, size_t count, int bits, int stored, int high, int is_signed,
                      int is_wide, double slope, double intercept, float *_Nonnull into);
