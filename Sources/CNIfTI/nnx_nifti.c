#include "nnx_nifti.h"

#include <math.h>
#include <nifti2_io.h>

void nnx_nifti_swap_1(nifti_1_header *header) { nifti_swap_as_nifti1(header); }

void nnx_nifti_swap_2(nifti_2_header *header) { nifti_swap_as_nifti2(header); }

void nnx_nifti_swap_values(int64_t count, int size, void *values) {
  nifti_swap_Nbytes(count, size, values);
}

nnx_nifti_matrix nnx_nifti_quaternion_matrix(const double quaternion[3], const double offset[3],
                                             const double spacing[3], double sign) {
  nifti_dmat44 matrix =
      nifti_quatern_to_dmat44(quaternion[0], quaternion[1], quaternion[2], offset[0], offset[1],
                              offset[2], spacing[0], spacing[1], spacing[2], sign);
  nnx_nifti_matrix result;
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 4; column++)
      result.rows[4 * row + column] = matrix.m[row][column];
  }
  return result;
}

nnx_nifti_qform nnx_nifti_quaternion(const double rows[12]) {
  nifti_dmat44 matrix = {{{0}}};
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 4; column++)
      matrix.m[row][column] = rows[4 * row + column];
  }
  matrix.m[3][3] = 1;
  double b, c, d, x, y, z, dx, dy, dz, sign;
  nifti_dmat44_to_quatern(matrix, &b, &c, &d, &x, &y, &z, &dx, &dy, &dz, &sign);
  nnx_nifti_qform form = {{b, c, d}, sign, 1};
  for (int first = 0; first < 3; first++) {
    for (int second = first; second < 3; second++) {
      double product = 0;
      for (int row = 0; row < 3; row++)
        product += rows[4 * row + first] * rows[4 * row + second];
      if (fabs(product - (first == second)) > 1e-4)
        form.is_rotation = 0;
    }
  }
  return form;
}

nnx_nifti_qform nnx_nifti_float_quaternion(const float rows[12]) {
  mat44 matrix = {{{0}}};
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 4; column++)
      matrix.m[row][column] = rows[4 * row + column];
  }
  matrix.m[3][3] = 1;
  float b, c, d, x, y, z, dx, dy, dz, sign;
  nifti_mat44_to_quatern(matrix, &b, &c, &d, &x, &y, &z, &dx, &dy, &dz, &sign);
  return (nnx_nifti_qform){{b, c, d}, sign, 1};
}

nnx_nifti_itk_forms nnx_nifti_forms(const float axes[9], const float origin[3],
                                    const double spacing[3]) {
  mat44 turned = nifti_make_orthog_mat44(axes[0], axes[1], axes[2], axes[3], axes[4], axes[5],
                                         axes[6], axes[7], axes[8]);
  mat44 matrix = {{{0}}};
  nnx_nifti_itk_forms forms = {{0}};
  for (int row = 0; row < 3; row++) {
    for (int column = 0; column < 3; column++) {
      matrix.m[row][column] = turned.m[column][row];
      forms.rows[4 * row + column] = (float)spacing[column] * matrix.m[row][column];
    }
    matrix.m[row][3] = forms.rows[4 * row + 3] = origin[row];
  }
  matrix.m[3][3] = 1;
  float offset[3], length[3];
  nifti_mat44_to_quatern(matrix, &forms.quaternion[0], &forms.quaternion[1], &forms.quaternion[2],
                         &offset[0], &offset[1], &offset[2], &length[0], &length[1], &length[2],
                         &forms.sign);
  return forms;
}

const char *nnx_nifti_type_name(int code) {
  const char *name = nifti_datatype_to_string(code);
  return name ? name : "?";
}
