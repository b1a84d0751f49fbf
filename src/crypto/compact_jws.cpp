#include "compact_jws.hpp"

#include "base64url_lookup.hpp"

namespace latchkey {

result<compact_jws> compact_jws::make(std::string_view text) {
    if (text.size() > largest)
        return errc::no_session;
    const auto first = text.find('.');
    if (first == 0 || first == std::string_view::npos)
        return errc::no_session;
    const auto second = text.find('.', first + 1);
    if (second == std::string_view::npos || second == first + 1 || second + 1 == text.size())
        return errc::no_session;

    // A third dot is no digit, and is refused as one.
    const auto payload = text.substr(first + 1, second - first - 1);
    const auto signature = text.substr(second + 1);
    compact_jws made;
    made.payload_.resize(base64url_room(payload.size()));
    made.signature_.resize(base64url_room(signature.size()));
    const std::span payload_room(reinterpret_cast<std::uint8_t*>(made.payload_.data()), made.payload_.size());
    if (!is_base64url(text.substr(0, first)) || !look_up_base64url(payload, payload_room) ||
        !look_up_base64url(signature, made.signature_))
        return errc::no_session;
    made.text_ = text;
    made.header_size_ = first;
    made.input_size_ = second;
    return made;
}

}  // namespace latchkey
