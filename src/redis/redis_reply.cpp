#include "redis_reply.hpp"

#include <new>
#include <utility>

#include <hiredis/hiredis.h>
#include <hiredis/read.h>
#include <openssl/crypto.h>

namespace latchkey {
namespace {

struct free_reader {
    void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
};
struct free_reply {
    void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};

redis_reply value_of(const redisReply& from) {
    redis_reply to;
    switch (from.type) {
        case REDIS_REPLY_INTEGER:
            to.type = redis_reply::kind::integer;
            to.integer = from.integer;
            break;
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
        case REDIS_REPLY_ERROR:
            to.type = from.type == REDIS_REPLY_ERROR ? redis_reply::kind::error : redis_reply::kind::text;
            to.text.assign(from.str, from.len);
            break;
        case REDIS_REPLY_ARRAY:
            to.type = redis_reply::kind::list;
            to.items.reserve(from.elements);
            for (std::size_t i = 0; i < from.elements; ++i)
                to.items.push_back(value_of(*from.element[i]));
            break;
        default:
            break;
    }
    return to;
}

}  // namespace

struct redis_reader::parser {
    std::unique_ptr<redisReader, free_reader> reader{redisReaderCreate()};
};

redis_reader::redis_reader() : parser_(std::make_unique<parser>()) {
    if (!parser_->reader)
        throw std::bad_alloc();
}

redis_reader::~redis_reader() = default;

bool redis_reader::feed(std::string_view bytes) noexcept {
    return redisReaderFeed(parser_->reader.get(), bytes.data(), bytes.size()) == REDIS_OK;
}

std::optional<redis_reply> redis_reader::next(bool& broken) {
    void* made = nullptr;
    broken = redisReaderGetReply(parser_->reader.get(), &made) != REDIS_OK;
    if (broken || !made)
        return std::nullopt;
    const std::unique_ptr<redisReply, free_reply> reply(static_cast<redisReply*>(made));
    return value_of(*reply);
}

std::string redis_command(const std::vector<std::string_view>& words) {
    std::vector<const char*> starts;
    std::vector<std::size_t> sizes;
    for (const std::string_view word : words) {
        starts.push_back(word.data());
        sizes.push_back(word.size());
    }
    char* bytes = nullptr;
    const int size = redisFormatCommandArgv(&bytes, static_cast<int>(words.size()), starts.data(), sizes.data());
    if (size < 0)
        throw std::bad_alloc();
    const auto length = static_cast<std::size_t>(size);
    const auto forget = [length](char* command) noexcept {  // it may be a password's
        OPENSSL_cleanse(command, length);
        redisFreeCommand(command);
    };
    const std::unique_ptr<char, decltype(forget)> owned(bytes, forget);
    return {bytes, length};
}

}  // namespace latchkey
