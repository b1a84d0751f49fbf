// Every option, as plain structs with their defaults. The file format, the environment and all checks are src/app's;
// config/latchkey.toml is the same list with the meaning of each key told to the operator.
// Units are in the types: chrono durations, sizes in bytes.
#pragma once

#include <latchkey/clock.hpp>
#include <latchkey/secret.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace latchkey {

struct server_options {
    std::vector<std::string> listen{"127.0.0.1:9080"};  // "host:port", "[v6]:port" or "unix:/path"
    std::string public_url = "http://127.0.0.1:9080";   // what browsers call this server; never taken from Host
    std::vector<std::string> allowed_origins;           // origins beside public_url's that may change state
    std::vector<std::string> trusted_proxies{"127.0.0.0/8", "::1/128", "unix:"};  // CIDR, or "unix:" for socket peers
    unsigned io_threads = 0;                                                      // 0: one for each core
    // Where administrators are served: as an entry of `listen`; "off": nowhere; empty: a Unix socket beside the
    // embedded database, see config::admin_address().
    std::string admin_listen;
    std::string admin_token_file;  // needed for an admin_listen on TCP; callers show its one line as a bearer token
    milliseconds drain_timeout{8'000};  // how long requests in flight may take after SIGTERM
};

struct limit_options {
    std::size_t header_bytes = 16 * 1024;  // request line to blank line, both included
    std::size_t header_fields = 100;
    std::size_t target_bytes = 8 * 1024;
    std::size_t body_bytes = 16 * 1024;
    milliseconds header_timeout{10'000};             // absolute: from a request's first byte to its blank line
    milliseconds body_timeout{10'000};               // absolute: from the blank line to the last byte
    milliseconds write_timeout{10'000};              // absolute: for the whole answer
    milliseconds keepalive_timeout{75'000};          // how long an idle connection is kept
    std::size_t max_connections = 16'384;            // open client connections in total
    std::size_t max_connections_per_client = 1'024;  // of one IPv4 address or IPv6 /64 that is no trusted proxy
};

struct cookie_options {
    std::string name;    // empty: __Host-session, __Secure-session with a domain, session when not secure
    std::string domain;  // empty: host-only
    bool secure = true;
    std::string same_site = "Lax";  // "Lax" or "Strict"
};

struct session_options {
    std::string store = "database";  // "database" (in memory with a journal in the database) or "memory"
    seconds idle_timeout{30 * 60};
    seconds absolute_timeout{12 * 3600};
    seconds remembered_idle_timeout{7 * 86400};
    seconds remembered_absolute_timeout{30 * 86400};
    std::size_t max_per_user = 20;      // beyond it the user's oldest session ends
    std::size_t max_total = 2'000'000;  // beyond it a new login is refused with 503
};

struct database_options {
    std::string url = "sqlite:latchkey.db";  // or "postgresql://…"
    unsigned pool_size = 2;                  // connections, each with its own thread
    std::string password_file = {};          // for PostgreSQL: one line; empty: no password
    // What is in it, once somebody has read it; see database_access.hpp.
    std::shared_ptr<const secret> password = {};
};

// For session.store = "redis".
struct redis_options {
    std::string url;  // "redis://[user@]host[:port][/db]", "rediss://…" likewise by TLS, "unix:/path[?db=n]"
    std::vector<std::string> sentinels;  // "host:port": asked where the master is; the url's host then does not matter
    std::string sentinel_master = "mymaster";  // what they call it
    std::string password_file;                 // one line
    std::string ca_file;                       // PEM, whose certificates are believed; empty: whom the machine believes
    std::string prefix = "latchkey:";          // of every key
    milliseconds timeout{1'000};               // for an answer
    milliseconds max_staleness{
        1'000};                        // how old the last word from Redis may be for a check to be answered from memory
    std::string on_outage = "refuse";  // "refuse": 503 when it is older; "serve_cached": known sessions are served
    seconds outage_limit{300};         // for this long, with "serve_cached"
};

struct password_options {
    std::size_t memory = 19 * 1024 * 1024;  // argon2id m, bytes
    unsigned iterations = 2;                // argon2id t
    unsigned workers = 0;                   // hashes computed at a time; 0: one for each core
    std::size_t queue = 64;                 // logins that may wait for a worker
    milliseconds max_wait{2'000};           // for a worker: a login that can't start within it is refused at once
    std::size_t min_length = 12;            // code points
    std::string priority = "low";           // of the workers: "normal", "low" (nice 19) or "idle" (SCHED_IDLE)
};

// `failures` in `window` pass, see throttle.hpp. Written "10/15m".
struct throttle_budget {
    unsigned failures = 0;
    seconds window{};
    friend bool operator==(const throttle_budget&, const throttle_budget&) = default;
};

struct throttle_options {
    throttle_budget per_pair{10, seconds{15 * 60}};     // of one client at one account
    throttle_budget per_client{100, seconds{15 * 60}};  // of one IPv4 address or IPv6 /64, at all accounts
    throttle_budget per_account{50, seconds{3600}};     // at one account, from everywhere
    seconds device_memory{365 * 86400};                 // how long a device that has logged in is known
    std::size_t memory = 16 * 1024 * 1024;              // for all that is held against anybody, bytes
};

struct redirect_options {
    std::vector<std::string> allowed_hosts;  // "host", "host:port" or "*.parent"; the public URL is always allowed
};

// One access rule. An empty list stands for "any".
struct access_rule {
    std::vector<std::string> domains;  // "app.example.com", or "*.example.com": everything below, not the parent itself
    std::vector<std::string> paths;    // "/a": exactly; "/a/*": everything below; "~ regex": RE2, found anywhere in it
    std::vector<std::string> methods;  // upper case
    std::vector<std::string> groups;   // the user is in one of them, or is refused: no part of the match
    std::vector<std::string> networks;  // of the client, CIDR
    std::string policy;                 // "allow", "authenticated" or "deny"
    bool bearer = false;                // the upstream gets an access token for the session
    friend bool operator==(const access_rule&, const access_rule&) = default;
};

struct access_options {
    std::string default_policy = "authenticated";  // "authenticated" or "deny": where no rule matches
    std::vector<access_rule> rules;                // the first that matches decides
};

// What every access token says beside its own claims.
struct token_claim {
    std::string name;
    std::variant<std::string, std::int64_t, bool, std::vector<std::string>> value;
    friend bool operator==(const token_claim&, const token_claim&) = default;
};

struct token_options {
    bool enabled = false;
    std::string issuer;                      // the claim "iss"; empty: public_url
    std::string audience;                    // the claim "aud"; empty: the issuer
    std::string algorithm = "EdDSA";         // what the key must be: "EdDSA", "ES256" or "HS256"
    std::string key_file = "token-key.pem";  // beside it: key_file + ".next" and + ".retiring"
    seconds access_lifetime{5 * 60};         // of an access token
    seconds refresh_lifetime{30 * 86400};    // of a refresh token
    seconds refresh_grace{30};               // within it a refresh token that was used gives the same successor again
    bool check_revocation = true;            // false: the signature and the claims alone decide
    std::string introspection_token_file;    // callers of /token/introspect show its one line; empty: nobody may
    std::vector<token_claim> claims;         // for every access token; none of these names is one of its own
};

struct page_options {
    std::string directory;  // templates, texts and stylesheet in here replace the built-in ones of the same name
};

struct identity_options {
    std::string remote_user = "id";  // what Remote-User carries: "id" or "email"
};

struct log_options {
    std::string level = "info";   // "debug", "info", "warn" or "error"
    std::string format = "json";  // "json" or "text"
    std::string file;             // empty: standard output
};

struct audit_options {
    std::string file;  // empty: with the log
};

struct config {
    server_options server;
    limit_options limits;
    cookie_options cookie;
    session_options session;
    database_options database;
    redis_options redis;
    password_options password;
    throttle_options throttle;
    redirect_options redirect;
    access_options access;
    token_options tokens;
    page_options pages;
    identity_options identity;
    log_options log;
    audit_options audit;

    // The session cookie's name after the rule in cookie_options::name.
    std::string cookie_name() const;
    // The device cookie's, which nobody chooses: "__Host-device"; "device" when not secure.
    std::string device_cookie_name() const;
    // The claims "iss" and "aud" after the rules in token_options.
    std::string token_issuer() const;
    std::string token_audience() const;
    // "host:port" or "unix:/path" after the rule in server_options::admin_listen; empty: no admin listener. The default
    // for "sqlite:/path/latchkey.db" is "unix:/path/latchkey.db-admin".
    std::string admin_address() const;
};

}  // namespace latchkey
