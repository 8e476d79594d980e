#pragma once

// The library behind CDICOM.h: the only thing that it shows is the table `nnx_dicom_functions`.
