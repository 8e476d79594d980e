#include "dcmtk/dcmdata/dccodec.h"
#include "dcmtk/dcmdata/dcpixel.h"
#include "dcmtk/dcmdata/dcpixseq.h"
#include "dcmtk/dcmdata/dcpxitem.h"
#include "nnx_dicom_shim.hpp"

OFCondition nnx_dicom_codestream(DcmPixelData &pixels, DcmDataset &dataset, uint32_t frame,
                                 std::vector<uint8_t> &bytes) {
  E_TransferSyntax syntax = EXS_Unknown;
  const DcmRepresentationParameter *parameter = nullptr;
  pixels.getOriginalRepresentationKey(syntax, parameter);
  DcmPixelSequence *sequence = nullptr;
  OFCondition condition = pixels.getEncapsulatedRepresentation(syntax, parameter, sequence);
  if (condition.bad()) return condition;
  Sint32 frames = 1;
  if (dataset.findAndGetSint32(DCM_NumberOfFrames, frames).bad() || frames < 1) frames = 1;
  // The first item is the offset table; a frame ends where the next begins.
  Uint32 first = 1, end = static_cast<Uint32>(sequence->card());
  condition = DcmCodec::determineStartFragment(frame, frames, sequence, first);
  if (condition.good() && static_cast<Sint32>(frame) + 1 < frames)
    condition = DcmCodec::determineStartFragment(frame + 1, frames, sequence, end);
  for (Uint32 i = first; condition.good() && i < end; i++) {
    DcmPixelItem *item = nullptr;
    Uint8 *part = nullptr;
    condition = sequence->getItem(item, i);
    if (condition.bad()) break;
    Uint32 length = item->getLength();
    condition = item->getUint8Array(part);
    if (condition.good() && part) bytes.insert(bytes.end(), part, part + length);
  }
  return condition;
}
