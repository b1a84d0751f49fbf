#include "new_password.hpp"

#include "generated_password.hpp"
#include "password_input.hpp"
#include "password_policy.hpp"

#include <algorithm>
#include <string>

namespace latchkey {
namespace {

attempt<secret> read_password(const console& io, const email_address& owner, password_source source) {
    return source == password_source::standard_input ? read_password_line(io.in)
                                                     : ask_for_new_password(io.terminal, owner.str());
}

// As many generated ones, joined by `-`, as the rules want characters.
secret generate(std::size_t min_length) {
    const std::size_t count =
        std::max<std::size_t>(1, (min_length + 1 + generated_password_length) / (generated_password_length + 1));
    secret out = secret::of_size(count * (generated_password_length + 1) - 1);
    std::fill(out.writable().begin(), out.writable().end(), '-');
    for (std::size_t i = 0; i < count; ++i) {
        const secret part = generated_password();
        std::copy_n(part.reveal().begin(), generated_password_length,
                    out.writable().data() + i * (generated_password_length + 1));
    }
    return out;
}

}  // namespace

attempt<secret> obtain_password(const console& io, const email_address& owner, password_source source,
                                const password_options& options) {
    if (source == password_source::generated)
        return generate(options.min_length);
    auto password = read_password(io, owner, source);
    if (!password)
        return password;
    const auto verdict = judge_password(password->reveal(), owner, options.min_length);
    if (verdict != password_verdict::acceptable)
        return failure{exit_refused, verdict == password_verdict::too_long ? "password_too_long" : "weak_password",
                       std::string(reason(verdict))};
    return password;
}

}  // namespace latchkey
