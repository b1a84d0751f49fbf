// The session_authority over a session_store.
#pragma once

#include <latchkey/session_authority.hpp>
#include <latchkey/session_store.hpp>

#include <memory>

namespace latchkey {

// `store` must outlive the authority and every call on it.
std::unique_ptr<session_authority> make_session_authority(session_store& store);

}  // namespace latchkey
