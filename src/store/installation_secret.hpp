// What this installation has that no other has: 32 random bytes, made once and kept in its database.
//
// Other keys are derived from it, each for its own purpose (see mac.hpp): what names a browser that has logged in, and
// what the throttle counts under. It opens no session: whoever reads the database learns from it no more than how to be
// counted as another device.
#pragma once

#include <latchkey/secret.hpp>

namespace latchkey {

class sql_database;

// The same for everybody who opens this database, however many begin at once. Blocking. Throws std::runtime_error with
// a sentence for the operator.
secret load_installation_secret(sql_database& database);

}  // namespace latchkey
