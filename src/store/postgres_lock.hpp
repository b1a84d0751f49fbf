// An advisory lock on a PostgreSQL database, on a connection of its own, which goes with that.
#pragma once

#include <latchkey/config.hpp>

#include <soci/soci.h>

#include <string>

namespace latchkey {

class postgres_lock {
public:
    // Connects, and takes nothing yet. Throws std::runtime_error with a sentence for the operator.
    postgres_lock(const database_options& options, bool shared);

    // Without waiting. False: somebody has it in a way that does not go with this one. Throws std::runtime_error.
    bool take();
    // Whether it is still held, taken again where its connection was lost. False: somebody else has it now. Throws
    // std::runtime_error when the database cannot be asked.
    bool keep();

    const std::string& name() const noexcept { return name_; }

private:
    const database_options options_;
    const bool shared_;
    const std::string name_;
    soci::session sql_;
};

}  // namespace latchkey
