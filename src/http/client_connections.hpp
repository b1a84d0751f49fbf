// How many connections each client holds, so that one of them can't take all there are (requirement E1).
//
// A table of counters of fixed size: two for each client, at places that nobody outside can compute, and what it holds
// is at most the lesser of the two. Never too few; too many only for who shares both places with somebody large. Looked
// at when a connection begins and when it ends, from any thread, without a lock.
#pragma once

#include "zeroed_array.hpp"

#include <latchkey/client_prefix.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace latchkey::http {

class client_connections {
public:
    // Stands for one connection as long as it lives. Outlived by the table.
    class place {
    public:
        place() noexcept = default;
        place(place&& other) noexcept : table_(std::exchange(other.table_, nullptr)), hash_(other.hash_) {}
        place& operator=(place&& other) noexcept {
            std::swap(table_, other.table_);
            std::swap(hash_, other.hash_);
            return *this;
        }
        ~place() {
            if (table_)
                table_->leave(hash_);
        }
        explicit operator bool() const noexcept { return table_ != nullptr; }

    private:
        friend class client_connections;
        place(client_connections& table, std::uint64_t hash) noexcept : table_(&table), hash_(hash) {}

        client_connections* table_ = nullptr;
        std::uint64_t hash_ = 0;
    };

    client_connections();

    // Nothing when this client has `most` already. Two that come at once for the last place may both be refused.
    place enter(const client_prefix& client, std::size_t most) noexcept;

private:
    static constexpr std::size_t row = 65'536;
    using counter = std::atomic_ref<std::uint32_t>;

    std::array<counter, 2> counters_of(std::uint64_t hash) noexcept;
    std::uint64_t hash_of(const client_prefix& client) const noexcept;
    void leave(std::uint64_t hash) noexcept;

    const std::array<std::uint64_t, 2> key_;
    zeroed_array<std::uint32_t> counters_;  // only ever through a counter
};

}  // namespace latchkey::http
