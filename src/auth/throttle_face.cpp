// The table's answers as tasks that are done when they begin.
#include "make_throttle.hpp"

namespace latchkey {
namespace {

class table_face final : public throttle {
public:
    explicit table_face(persistent_throttle& table) noexcept : table_(table) {}

    task<result<throttle_ticket>> admit(throttle_attempt attempt) override { co_return table_.admit(attempt); }
    void succeeded(const throttle_ticket& ticket) noexcept override { table_.succeeded(ticket); }
    void forgive(const throttle_ticket& ticket) noexcept override { table_.forgive(ticket); }
    seconds client_wait(const client_prefix& client) const noexcept override { return table_.client_wait(client); }
    task<result<std::vector<throttle_entry>>> list(throttle_filter filter, std::size_t limit) override {
        co_return table_.list(filter, limit);
    }
    task<result<std::size_t>> clear(throttle_filter filter) override { co_return table_.clear(filter); }
    throttle_stats stats() const noexcept override { return table_.stats(); }
    void configure(const throttle_options& options) noexcept override { table_.configure(options); }

private:
    persistent_throttle& table_;
};

}  // namespace

std::unique_ptr<throttle> make_table_face(persistent_throttle& table) {
    return std::make_unique<table_face>(table);
}

}  // namespace latchkey
