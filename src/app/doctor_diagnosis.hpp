// What the running server says of proxies that it did not understand.
#pragma once

#include "admin_answer.hpp"
#include "doctor_report.hpp"

#include <latchkey/config.hpp>

#include <optional>

namespace latchkey {

// Nothing where the server cannot be asked: then nobody knows.
std::optional<answered_diagnosis> ask_diagnosis(const config& options);

// Why a question that came between the two was refused; nothing when there was none.
findings explain_refusal(const std::optional<answered_diagnosis>& before,
                         const std::optional<answered_diagnosis>& after);

}  // namespace latchkey
