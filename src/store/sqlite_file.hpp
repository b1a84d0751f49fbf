// The file below an SQLite database, before SQLite sees it: its permissions and the reasons why it could not be used.
#pragma once

#include <string>

namespace latchkey {

// Makes sure that a database file stands at the absolute `path` and can be used: creates an empty one with mode 0600
// whatever the umask (SQLite gives its -wal and -shm files the same), never changes one that exists, and never opens
// it. Throws std::runtime_error with a sentence that names the file and the remedy.
void prepare_sqlite_file(const std::string& path);

}  // namespace latchkey
