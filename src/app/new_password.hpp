// The password that a command is to set: from standard input, from a person, or made up.
#pragma once

#include "console.hpp"

#include <latchkey/config.hpp>
#include <latchkey/email.hpp>
#include <latchkey/secret.hpp>

namespace latchkey {

enum class password_source { prompt, standard_input, generated };

// One that the rules of `options` let pass, whoever applies them. "weak_password" and "password_too_long" are among the
// failures' codes.
attempt<secret> obtain_password(const console& io, const email_address& owner, password_source source,
                                const password_options& options);

}  // namespace latchkey
