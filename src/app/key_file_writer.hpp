// Writes the files of keys so that nobody ever meets half of one, whatever is cut short: each is complete and synced
// under another name before it gets its own.
#pragma once

#include "failure.hpp"
#include "owned_fd.hpp"

#include <latchkey/secret.hpp>

#include <string>

namespace latchkey {

class key_file_writer {
public:
    // For `key_file` and its neighbours in its directory. Alone at work there until it goes: a failure while another
    // process is. What such a one left half done, key_file + ".new", is removed.
    static attempt<key_file_writer> open(const std::string& key_file);

    // All three are durable when they return; a failure has changed nothing. Files are for their owner alone.
    attempt<void> create(const std::string& path, const secret& content);  // a failure when there is one
    attempt<void> replace(const std::string& path, const secret& content);
    attempt<void> remove(const std::string& path);  // where there is none, that is it

private:
    key_file_writer(owned_fd directory, std::string scratch);

    attempt<void> write_scratch(const secret& content) const;
    attempt<void> sync_directory() const;

    owned_fd directory_;  // locked
    std::string scratch_;
};

}  // namespace latchkey
