// The order in which waiting work is done: flows take turns, and within a flow first come is first served.
//
// Whoever has a thousand jobs waiting delays somebody else's by one job, not by a thousand (requirement E2). A flow
// that had nothing waiting of late comes before those that have been served already (the idea of RFC 8290 section 4.1),
// which get every fifth turn at least: somebody who logs in once waits for other newcomers and not for everybody. A
// fixed number may wait; when there is no room, the flow with most in the queue loses its last to one that has clearly
// less. Jobs are linked into the queue where they are: nothing is allocated after construction, and every step takes
// constant time (finding a place: as many steps as the caller allows). Not locked: worker_pool does that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace latchkey {

class fair_queue {
    struct flow;

public:
    // Whose work it is. Any number will do that is well spread.
    using flow_id = std::uint64_t;

    // Base of what waits. It stays where it is until it was popped, displaced or taken out.
    class item {
    protected:
        ~item() = default;

    private:
        friend class fair_queue;
        item* next_ = nullptr;
        item* previous_ = nullptr;
        item* older_ = nullptr;
        item* newer_ = nullptr;
        flow* flow_ = nullptr;
    };

    // What a job must find to be let in. How many are done before it is reckoned from those that wait now.
    struct terms {
        std::size_t room = 0;                                               // may wait in all, at most the capacity
        std::size_t most_before = std::numeric_limits<std::size_t>::max();  // done before this one, at most
    };
    enum class refusal { full, too_late };
    struct outcome {
        std::optional<refusal> refused;  // the item was left alone
        item* displaced = nullptr;       // is out of the queue now
    };

    explicit fair_queue(std::size_t capacity);
    fair_queue(const fair_queue&) = delete;
    fair_queue& operator=(const fair_queue&) = delete;

    outcome push(item& work, flow_id of, const terms& t) noexcept;
    // What push() would refuse it for.
    std::optional<refusal> refuses(flow_id of, const terms& t) const noexcept;
    // The next one to do, null when none waits.
    item* pop() noexcept;
    // The one that has waited longest, whoever's it is; null when none waits.
    item* oldest() const noexcept { return oldest_; }
    // `work` waits here, and is not to.
    void take_out(item& work) noexcept;

    std::size_t size() const noexcept { return size_; }
    std::size_t flows() const noexcept { return reaching_[1]; }

private:
    static constexpr std::size_t most_fresh_in_a_row = 4;
    static constexpr std::uint64_t turns_remembered = 32;  // whoever had something waiting within them is no newcomer
    static constexpr std::size_t idle_flows = 256;         // that are remembered at most

    // Somebody with something waiting now, or idle: not long ago.
    struct flow {
        flow_id id = 0;
        bool fresh = true;             // a newcomer, not served yet
        std::uint64_t idle_since = 0;  // in turns
        std::size_t count = 0;
        item* first = nullptr;
        item* last = nullptr;
        flow* chain = nullptr;  // in its hash bucket; or the next unused one
        flow* next = nullptr;   // in the order of turns, in one of two rings; or in that of the idle ones
        flow* previous = nullptr;
        flow* peer_next = nullptr;  // among those with the same count
        flow* peer_previous = nullptr;
    };

    std::size_t bucket_of(flow_id of) const noexcept;
    flow* find(flow_id of) const noexcept;
    bool is_newcomer(const flow* f) const noexcept;
    flow& add(flow_id of) noexcept;
    flow& enter(flow_id of) noexcept;
    void become_idle(flow& f) noexcept;
    void set_count(flow& f, std::size_t count) noexcept;
    static void append(flow*& ring, flow& f) noexcept;
    static void remove(flow*& ring, flow& f) noexcept;
    std::size_t before_next_of(const flow* f, std::size_t enough) const noexcept;

    std::vector<flow> flows_;            // for every job that can wait, and the idle ones
    std::vector<flow*> buckets_;         // by id, a power of two
    std::vector<flow*> by_count_;        // [n]: those that have n waiting
    std::vector<std::size_t> reaching_;  // [n]: how many have at least n waiting
    flow* unused_ = nullptr;
    flow* idle_ = nullptr;   // a ring that begins with the one that has been idle longest
    flow* fresh_ = nullptr;  // whose turn it is of the newcomers,
    flow* turn_ = nullptr;   // and of the others
    std::uint64_t turns_ = turns_remembered;
    std::size_t fresh_count_ = 0;
    std::size_t fresh_in_a_row_ = 0;  // served, most_fresh_in_a_row at most while others wait
    item* oldest_ = nullptr;
    item* newest_ = nullptr;
    std::size_t heaviest_ = 0;
    std::size_t size_ = 0;
};

}  // namespace latchkey
