#include "audit_log.hpp"

#include <array>
#include <new>
#include <string>

namespace latchkey {
namespace {

// A public id as text, without a heap that may be exhausted.
class id_text {
public:
    explicit id_text(const std::optional<public_id>& id) noexcept : size_(id ? text_.size() : 0) {
        if (id)
            id->write(text_.data());
    }
    std::string_view view() const noexcept { return {text_.data(), size_}; }

private:
    std::array<char, 32> text_;
    std::size_t size_;
};

class audit_log final : public audit_sink {
public:
    explicit audit_log(logger& log) noexcept : log_(log) {}

    void record(const audit_event& event) noexcept override {
        const id_text user(event.user);
        const id_text session(event.session);
        std::string client;
        try {
            client = event.client.str();
        } catch (const std::bad_alloc&) {  // the event matters more than its address
        }
        log_.write(log_level::audit, event.type,
                   {{"audit", true},
                    {"success", event.success},
                    {"reason", event.reason},
                    {"request_id", event.request_id},
                    {"email", event.email},
                    {"user_id", user.view()},
                    {"session_id", session.view()},
                    {"client_ip", std::string_view(client)}});
    }

private:
    logger& log_;
};

}  // namespace

std::unique_ptr<audit_sink> make_audit_sink(logger& log) {
    return std::make_unique<audit_log>(log);
}

}  // namespace latchkey
