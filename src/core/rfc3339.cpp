#include <latchkey/clock.hpp>

#include <algorithm>

namespace latchkey {
namespace {

// The first and the last second that four digits of a year can tell.
constexpr time_point first_second{std::chrono::sys_days{std::chrono::year{0} / 1 / 1}};
constexpr time_point last_second{std::chrono::sys_days{std::chrono::year{10'000} / 1 / 1} - seconds{1}};

void append_digits(std::string& text, unsigned value, unsigned scale) {
    for (; scale > 0; scale /= 10)
        text.push_back(static_cast<char>('0' + value / scale % 10));
}

}  // namespace

std::string to_rfc3339(time_point t) {
    t = std::clamp(t, first_second, last_second);
    const auto day = std::chrono::floor<std::chrono::days>(t);
    const std::chrono::year_month_day date{day};
    const auto second_of_day = static_cast<unsigned>((t - day).count());

    std::string text;
    text.reserve(sizeof "2026-01-31T23:59:59Z");
    append_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 1000);
    text.push_back('-');
    append_digits(text, static_cast<unsigned>(date.month()), 10);
    text.push_back('-');
    append_digits(text, static_cast<unsigned>(date.day()), 10);
    text.push_back('T');
    append_digits(text, second_of_day / 3600, 10);
    text.push_back(':');
    append_digits(text, second_of_day / 60 % 60, 10);
    text.push_back(':');
    append_digits(text, second_of_day % 60, 10);
    text.push_back('Z');
    return text;
}

}  // namespace latchkey
