// The session_authority over a session_store.
#pragma once

#include <latchkey/session_authority.hpp>
#include <latchkey/session_store.hpp>

#include <memory>

namespace latchkey {

class refresh_tokens;

// Both must outlive the authority and every call on it. Without `refreshes` nobody may ask for a refresh token.
std::unique_ptr<session_authority> make_session_authority(session_store& store,
                                                          const refresh_tokens* refreshes = nullptr);

}  // namespace latchkey
