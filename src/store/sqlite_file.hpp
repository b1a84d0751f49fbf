// The file below an SQLite database, before SQLite sees it: its permissions and the reasons why it could not be used.
#pragma once

#include <latchkey/config.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace latchkey {

// The absolute path of the file that `options.url` names; nothing when that is no "sqlite:" URL. Throws
// std::runtime_error with a sentence for the operator for a path that cannot be one.
std::optional<std::string> sqlite_file_of(const database_options& options);

// Makes sure that files can be made in the directory of the absolute `path`. Throws as prepare_sqlite_file().
void check_sqlite_directory(const std::string& path);

// Makes sure that a database file stands at the absolute `path` and can be used: creates an empty one with mode 0600
// whatever the umask (SQLite gives its -wal and -shm files the same), never changes one that exists, and never opens
// it. Throws std::runtime_error with a sentence that names the file and the remedy.
void prepare_sqlite_file(const std::string& path);

// Whether the file at `path` ends inside a page, with no log beside it that could hold the whole page: SQLite leaves
// none like that, takes the missing bytes for zeros, and sees a fault only where they make one. `page_size` in bytes.
bool ends_inside_a_page(const std::string& path, std::uintmax_t page_size);

}  // namespace latchkey
