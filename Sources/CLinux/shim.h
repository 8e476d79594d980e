// System calls that Swift's Glibc does not show, because they are GNU extensions.

#define NNX_RENAME_NOREPLACE 1u  // RENAME_NOREPLACE of <linux/fs.h>
#define NNX_RENAME_EXCHANGE 2u   // RENAME_EXCHANGE

extern int renameat2(int old_folder, const char *old_path, int new_folder, const char *new_path,
                     unsigned int flags);

#include <sys/vfs.h>
#define NNX_SYNC_FILE_RANGE_WRITE 2u  // SYNC_FILE_RANGE_WRITE of <fcntl.h>

extern int sync_file_range(int descriptor, long offset, long count, unsigned int flags);

#define NNX_MFD_CLOEXEC 1u  // MFD_CLOEXEC of <linux/memfd.h>

extern int memfd_create(const char *name, unsigned int flags);

#define NNX_SPLICE_F_NONBLOCK 2u  // SPLICE_F_NONBLOCK of <fcntl.h>

extern long tee(int from, int to, unsigned long count, unsigned int flags);
