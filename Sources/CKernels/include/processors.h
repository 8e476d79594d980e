#pragma once

/// The number of processors this process may run on: its affinity mask.
int nnx_available_processors(void);
