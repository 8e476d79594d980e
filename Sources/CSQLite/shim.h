#include <sqlite3.h>

/// sqlite3_bind_text with SQLITE_TRANSIENT, a cast that Swift does not show: SQLite copies the text.
static inline int nnx_sqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
  return sqlite3_bind_text(statement, index, text, count, SQLITE_TRANSIENT);
}
