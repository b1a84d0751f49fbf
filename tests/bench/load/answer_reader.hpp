// Finds the end of HTTP/1.1 answers as they come, and says whether they were good ones. For answers of servers that are
// trusted to frame them properly: a benchmark's.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

namespace latchkey::load {

class answer_reader {
public:
    enum class state { incomplete, complete, until_close };

    // More of the answer. After `complete` the next one begins with the next call.
    state take(std::string_view bytes) {
        if (!text_.empty() || !judge(bytes)) {
            text_.append(bytes);
            if (!judge(text_))
                return closes_ ? state::until_close : state::incomplete;
        }
        text_.clear();
        return state::complete;
    }
    // The server has closed the connection. Whether that was the end of an answer.
    bool end() {
        const bool whole = closes_ && !text_.empty();
        text_.clear();
        return whole;
    }

    bool good() const noexcept { return good_; }         // 2xx
    bool last() const noexcept { return closes_; }       // no other answer follows on this connection
    std::size_t size() const noexcept { return size_; }  // of the whole answer, in bytes

private:
    static bool begins_with(std::string_view line, std::string_view name) {
        if (line.size() < name.size())
            return false;
        for (std::size_t i = 0; i < name.size(); ++i)
            if ((line[i] | 0x20) != name[i])
                return false;
        return true;
    }

    // Whether `text` is a whole answer.
    bool judge(std::string_view text) {
        std::size_t length = 0;
        bool chunked = false, sized = false;
        closes_ = false;
        for (std::size_t at = 0, number = 0;; ++number) {
            const auto* const end = static_cast<const char*>(std::memchr(text.data() + at, '\n', text.size() - at));
            if (!end)
                return false;
            const std::string_view line(text.data() + at, static_cast<std::size_t>(end - text.data()) - at);
            at += line.size() + 1;
            if (number == 0) {
                good_ = line.size() > 9 && line[9] == '2';
                sized = line.substr(9, 3) == "204";
            } else if (line.size() <= 1) {
                size_ = at;
                break;
            } else if (begins_with(line, "content-length:")) {
                sized = true;
                length = std::strtoul(line.data() + 15, nullptr, 10);
            } else if (begins_with(line, "transfer-encoding:")) {
                chunked = true;
            } else if (begins_with(line, "connection: close")) {
                closes_ = true;
            }
        }
        if (chunked) {
            constexpr std::string_view last = "0\r\n\r\n";
            size_ = text.size();
            return text.size() >= last.size() && text.substr(text.size() - last.size()) == last;
        }
        if (!sized) {
            closes_ = true;
            size_ = text.size();
            return false;
        }
        size_ += length;
        return text.size() >= size_;
    }

    std::string text_;  // of an answer that came in pieces, as few do
    std::size_t size_ = 0;
    bool good_ = false;
    bool closes_ = false;
};

}  // namespace latchkey::load
