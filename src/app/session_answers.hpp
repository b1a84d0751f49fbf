// What the stores of sessions answer, as the desks hand it on.
#pragma once

#include "account_failure.hpp"

#include <latchkey/session_store.hpp>

#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace latchkey {

template <class T>
attempt<T> answer_of(result<T> outcome) {
    if (!outcome)
        return store_failure(outcome.error());
    return {boost::system::in_place_value, *std::move(outcome)};
}

// `outcome`: of ending session `id`; something that is false when there was none.
template <class Ended>
attempt<void> answer_of_end(const result<Ended>& outcome, const public_id& id) {
    if (!outcome)
        return store_failure(outcome.error());
    if (!*outcome)
        return no_such_session(id);
    return {};
}

// `page_behind(const std::optional<session_cursor>&)` gives a result<session_page>.
template <class PageBehind>
attempt<void> read_all_pages(PageBehind page_behind,
                             const std::function<void(const std::vector<listed_session>&)>& read) {
    std::optional<session_cursor> after;
    do {
        const result<session_page> page = page_behind(after);
        if (!page)
            return store_failure(page.error());
        read(page->sessions);
        after = page->next;
    } while (after);
    return {};
}

}  // namespace latchkey
