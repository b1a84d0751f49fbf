#include "web_probe.hpp"

#include <algorithm>
#include <stdexcept>

#include <curl/curl.h>

namespace latchkey {
namespace {

constexpr long patience_ms = 10'000;
constexpr std::size_t longest_body = 64 * 1024;

struct list_deleter {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using string_list = std::unique_ptr<curl_slist, list_deleter>;

string_list list_of(const char* entry) {
    string_list list(curl_slist_append(nullptr, entry));
    if (!list)
        throw std::runtime_error("libcurl is out of memory");
    return list;
}

// Says it took everything: a longer body is no error, only of no interest.
std::size_t keep_body(const char* data, std::size_t size, std::size_t count, void* to) noexcept {
    auto& body = *static_cast<std::string*>(to);
    const auto room = longest_body - std::min(longest_body, body.size());
    try {
        body.append(data, std::min(room, size * count));
    } catch (const std::exception&) {
        return 0;
    }
    return size * count;
}

std::string header(CURL* handle, const char* name) {
    curl_header* found = nullptr;
    return curl_easy_header(handle, name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK ? found->value : "";
}

bool is_about_certificates(CURLcode code) noexcept {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_CERTPROBLEM;
}

class curl_probe final : public web_probe {
public:
    explicit curl_probe(const probe_options& options)
        : ca_file_(options.ca_file), accept_(list_of("Accept: text/html,application/xhtml+xml,*/*;q=0.8")) {
        // Safe to repeat; a process that asks twice at once does not exist here, and libcurl guards itself since 7.84.
        if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
            throw std::runtime_error("libcurl cannot be set up");
        if (!options.connect_to.empty())
            connect_to_ = list_of(("::" + options.connect_to).c_str());
    }
    curl_probe(const curl_probe&) = delete;
    curl_probe& operator=(const curl_probe&) = delete;
    ~curl_probe() override { curl_global_cleanup(); }

    probe_answer get(const std::string& url, const std::string& socket) override {
        const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
        if (!handle)
            throw std::runtime_error("libcurl is out of memory");
        CURL* h = handle.get();
        probe_answer answer;
        char text[CURL_ERROR_SIZE] = "";
        curl_easy_setopt(h, CURLOPT_ERRORBUFFER, text);
        curl_easy_setopt(h, CURLOPT_URL, url.c_str());
        curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(h, CURLOPT_NOPROXY, "*");
        curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, patience_ms);
        curl_easy_setopt(h, CURLOPT_HTTPHEADER, accept_.get());
        curl_easy_setopt(h, CURLOPT_USERAGENT, "latchkey-doctor");
        curl_easy_setopt(h, CURLOPT_PATH_AS_IS, 1L);
        curl_easy_setopt(h, CURLOPT_WRITEFUNCTION, keep_body);
        curl_easy_setopt(h, CURLOPT_WRITEDATA, &answer.body);
        if (!socket.empty())
            curl_easy_setopt(h, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
        else if (connect_to_)
            curl_easy_setopt(h, CURLOPT_CONNECT_TO, connect_to_.get());
        if (!ca_file_.empty())
            curl_easy_setopt(h, CURLOPT_CAINFO, ca_file_.c_str());

        if (const CURLcode code = curl_easy_perform(h); code != CURLE_OK) {
            answer.error = *text ? text : curl_easy_strerror(code);
            answer.is_certificate_error = is_about_certificates(code);
            return answer;
        }
        long status = 0;
        curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &status);
        answer.status = static_cast<unsigned>(status);
        const char* redirect = nullptr;
        curl_easy_getinfo(h, CURLINFO_REDIRECT_URL, &redirect);
        answer.redirect = redirect ? redirect : "";
        answer.content_type = header(h, "Content-Type");
        if (const auto date = curl_getdate(header(h, "Date").c_str(), nullptr); date >= 0)
            answer.date = date;
        return answer;
    }

private:
    const std::string ca_file_;
    const string_list accept_;
    string_list connect_to_;
};

}  // namespace

std::unique_ptr<web_probe> make_web_probe(const probe_options& options) {
    return std::make_unique<curl_probe>(options);
}

}  // namespace latchkey
