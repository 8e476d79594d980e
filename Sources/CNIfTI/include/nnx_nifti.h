#pragma once

// The parts of libnifti (nifti2 API) that nnx uses. The library's own header cannot be imported by
// Swift: it includes its neighbours as <nifti1.h>, which needs a search path of its own, and no
// pkg-config file tells it. nnx_nifti.c is compiled with that path.

#include <nifti/nifti1.h>
#include <nifti/nifti2.h>
#include <stdint.h>

/// Puts all fields of a NIfTI-1 header into the other byte order.
void nnx_nifti_swap_1(nifti_1_header *header);
/// Puts all fields of a NIfTI-2 header into the other byte order.
void nnx_nifti_swap_2(nifti_2_header *header);
/// Puts `count` values of `size` bytes each into the other byte order.
void nnx_nifti_swap_values(int64_t count, int size, void *values);

/// A 3 x 4 matrix, row by row.
typedef struct {
  double rows[12];
} nnx_nifti_matrix;

/// The matrix from voxel indices to mm that a q-form describes (method 2 of nifti1.h).
nnx_nifti_matrix nnx_nifti_quaternion_matrix(const double quaternion[3], const double offset[3],
                                             const double spacing[3], double sign);

/// A q-form: the quaternion's b, c, d, and the sign of the third axis (`pixdim[0]`).
typedef struct {
  double quaternion[3];
  double sign;
  /// Whether the axes are at right angles to one another, as a q-form needs them.
  int is_rotation;
} nnx_nifti_qform;

/// The q-form of a 3 x 4 matrix, row by row, with unit vectors as columns.
nnx_nifti_qform nnx_nifti_quaternion(const double rows[12]);

/// The q-form of an s-form whose axes are as long as a voxel, in float32; it counts as a rotation.
nnx_nifti_qform nnx_nifti_float_quaternion(const float rows[12]);

/// Both forms of a header as ITK writes them: the s-form, row by row, and the q-form without its offsets.
typedef struct {
  float rows[12];
  float quaternion[3];
  float sign;
} nnx_nifti_itk_forms;

/// The forms of axes (unit vectors, RAS, one after the other) as ITK has libnifti make them, in float32.
nnx_nifti_itk_forms nnx_nifti_forms(const float axes[9], const float origin[3],
                                    const double spacing[3]);

/// The name of a `datatype` code of nifti1.h; never NULL.
const char *nnx_nifti_type_name(int code);
