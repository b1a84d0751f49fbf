#include "token_fixture.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace latchkey {
namespace {

using testing::token_fixture;

class TokenAuthority : public token_fixture {};

TEST_F(TokenAuthority, KnowsWhomItGaveAToken) {
    const session mine = browser_session();
    const auto token = subject->issue(mine);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->lifetime, seconds{300});
    const auto known = verify(token->text.reveal());
    ASSERT_TRUE(known);
    EXPECT_EQ(known->id, mine.id);
    EXPECT_EQ(known->user, logins.who);  // the session as the store has it
}

// RFC 9068 section 2.2, J3.
TEST_F(TokenAuthority, PutsTheClaimsIn) {
    settings.static_claims = R"(,"tenant":"north")";
    make();
    const session mine = browser_session();
    time.advance(seconds{60});
    const auto claims = claims_of(*subject->issue(mine));
    const auto now = time.now().time_since_epoch().count();
    EXPECT_EQ(claims["iss"], "https://auth.example.com");
    EXPECT_EQ(claims["aud"], "https://api.example.com");
    EXPECT_EQ(claims["sub"], logins.who->id.str());
    EXPECT_EQ(claims["sid"], mine.id.str());
    EXPECT_EQ(claims["iat"], now);
    EXPECT_EQ(claims["nbf"], now);
    EXPECT_EQ(claims["exp"], now + 300);
    EXPECT_EQ(claims["auth_time"], now - 60);
    EXPECT_EQ(claims["email"], "alice@example.com");
    EXPECT_EQ(claims["name"], logins.who->name());
    EXPECT_EQ(claims["groups"], nlohmann::json::array({"dev", "ops"}));
    EXPECT_EQ(claims["tenant"], "north");
    EXPECT_NE(claims["jti"], claims_of(*subject->issue(mine))["jti"]);
}

// A token that comes again costs no signature, and is judged like new in all else.
TEST_F(TokenAuthority, VerifiesATokenOnce) {
    const session mine = browser_session();
    const std::string token(subject->issue(mine)->text.reveal());
    for (int i = 0; i < 10; ++i)
        EXPECT_TRUE(verify(token));
    EXPECT_EQ(subject->stats().verified, 1U);
    std::string changed = token;
    changed.back() = changed.back() == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify(changed));
    time.advance(seconds{299});
    EXPECT_TRUE(verify(token));
    time.advance(seconds{1});
    EXPECT_FALSE(verify(token));
    const std::string next(subject->issue(mine)->text.reveal());
    EXPECT_TRUE(verify(next));
    ASSERT_TRUE(run.await(store->erase(mine.user->id, mine.id)).value());
    EXPECT_FALSE(verify(next));
}

// J7: with the key the tokens go that were verified by it, or signed.
TEST_F(TokenAuthority, ForgetsWhatAnotherKeyHasVerified) {
    const session mine = browser_session();
    std::string before, after;
    ASSERT_TRUE(subject->mint(mine, before));
    const std::string shown(subject->issue(mine)->text.reveal());
    EXPECT_TRUE(verify(shown));
    subject->use(fresh_keys());
    EXPECT_FALSE(verify(shown));
    EXPECT_FALSE(introspect(before));
    ASSERT_TRUE(subject->mint(mine, after));
    EXPECT_NE(after, before);
    EXPECT_TRUE(introspect(after));
}

TEST_F(TokenAuthority, MintsOneTokenForManyChecks) {
    session mine = browser_session();
    const auto mint = [&] {
        std::string out = "before ";
        EXPECT_TRUE(subject->mint(mine, out));
        EXPECT_EQ(out.substr(0, 7), "before ");
        return out.substr(7);
    };
    const auto first = mint();
    EXPECT_TRUE(introspect(first));
    time.advance(seconds{239});
    EXPECT_EQ(mint(), first);
    time.advance(seconds{1});  // a fifth of its life is left
    const auto second = mint();
    EXPECT_NE(second, first);
    // Another group, another authentication, another session: another token.
    user changed;
    changed.id = mine.user->id;
    changed.email = mine.user->email();
    mine.user = make_profile(changed, false);
    const auto third = mint();
    EXPECT_NE(third, second);
    mine.authenticated_at += seconds{1};
    EXPECT_NE(mint(), third);
    mine = browser_session();
    EXPECT_NE(mint(), third);
    time.advance(mine.expires_at - time.now());
    std::string none;
    EXPECT_EQ(subject->mint(mine, none).error(), errc::no_session);
    EXPECT_EQ(none, "");
}

// An application that was given one as a proof can show it, ask about it and give it back, and cannot act by it here.
TEST_F(TokenAuthority, MintsProofsThatAreNoCredentialsHere) {
    const session mine = browser_session();
    for (const bool check : {true, false}) {
        settings.check_revocation = check;
        make();
        std::string minted;
        ASSERT_TRUE(subject->mint(mine, minted));
        EXPECT_EQ(claims_of({secret(minted), {}})["token_use"], "upstream");
        EXPECT_EQ(verify(minted).error(), errc::no_session);
        EXPECT_EQ(verify(minted, token_scrutiny::strict).error(), errc::no_session);
        EXPECT_TRUE(introspect(minted)->for_upstream);
        const auto own = subject->issue(mine);
        EXPECT_FALSE(claims_of(*own).contains("token_use"));
        EXPECT_TRUE(verify(own->text.reveal()));
        EXPECT_FALSE(introspect(own->text.reveal())->for_upstream);
    }
    std::string minted;
    ASSERT_TRUE(subject->mint(mine, minted));
    EXPECT_TRUE(revoke(minted));
    EXPECT_FALSE(lives(mine));
}

// The configuration is checked for room, so that this is the last line of defence.
TEST_F(TokenAuthority, RefusesToWriteTokensThatAreTooLarge) {
    const session mine = browser_session();
    settings.static_claims = ",\"x\":\"" + std::string(signing_key::largest_payload, 'x') + "\"";
    make();
    const auto complaints = [this] {
        const auto text = log.text();
        std::size_t n = 0;
        for (auto at = text.find("token_too_large user=" + logins.who->id.str()); at != text.npos;
             at = text.find("token_too_large", at + 1))
            ++n;
        return n;
    };
    EXPECT_EQ(subject->issue(mine).error(), errc::token_too_large);
    EXPECT_EQ(complaints(), 1U);
    std::string out = "x";
    EXPECT_EQ(subject->mint(mine, out).error(), errc::token_too_large);
    EXPECT_EQ(out, "x");
    EXPECT_EQ(complaints(), 2U);
    login_request request;
    request.password = secret("right");
    EXPECT_EQ(run.await(subject->login(std::move(request))).error(), errc::token_too_large);
    EXPECT_EQ(complaints(), 3U);
    EXPECT_FALSE(logins.opened_one)
        << "a session was opened that nobody would ever hear of, or another one gave way to it";
}

// J3
TEST_F(TokenAuthority, RefusesTokensForOthers) {
    const session mine = browser_session();
    EXPECT_TRUE(verify(token_with(mine, [](token_claims&) {})));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.issuer = "https://auth.example.org"; })));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.issuer += '/'; })));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.audience = "other"; })));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.audience.clear(); })));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.session.bytes.fill(9); })));
    EXPECT_FALSE(verify(token_with(mine, [](token_claims& c) { c.subject.bytes.fill(9); })));
    EXPECT_FALSE(verify(sign("{}")));
    EXPECT_FALSE(verify(sign("[]")));
}

// J1, J2: another key's token, or another algorithm's, is none of ours.
TEST_F(TokenAuthority, RefusesForeignKeys) {
    const session mine = browser_session();
    for (const auto algorithm : {token_algorithm::ed25519, token_algorithm::es256, token_algorithm::hs256}) {
        const auto ours = std::exchange(keys, fresh_keys(algorithm));
        const std::string foreign = token_with(mine, [](token_claims&) {});
        EXPECT_EQ(verify(foreign).error(), errc::no_session);
        subject->use(keys);
        EXPECT_TRUE(verify(foreign));
        subject->use(ours);
        keys = ours;
    }
}

TEST_F(TokenAuthority, RefusesEveryChangedBit) {
    const session mine = browser_session();
    const std::string token(subject->issue(mine)->text.reveal());
    for (std::size_t i = 0; i < token.size(); ++i)
        for (const int bit : {1, 2, 4, 8, 16, 32, 64, 128}) {
            std::string changed = token;
            changed[i] = static_cast<char>(changed[i] ^ bit);
            EXPECT_FALSE(verify(changed)) << i << ' ' << bit;
        }
}

// J4
TEST_F(TokenAuthority, RefusesWhatIsNoToken) {
    for (const std::string& wrong : {std::string(), std::string("."), std::string(".."), std::string(1'000'000, '.'),
                                     std::string(1'000'000, 'A'), std::string("a.b.c"), std::string("\xff.\xff.\xff")})
        EXPECT_EQ(verify(wrong).error(), errc::no_session);
}

// V1: refused from the moment on at which the end was acknowledged.
TEST_F(TokenAuthority, EndsWithItsSession) {
    const session mine = browser_session();
    const std::string token(subject->issue(mine)->text.reveal());
    ASSERT_TRUE(run.await(store->erase(mine.user->id, mine.id)).value());
    EXPECT_EQ(verify(token).error(), errc::no_session);
    EXPECT_FALSE(introspect(token));
}

// The other mode: nothing but the signature and the claims.
TEST_F(TokenAuthority, MayBeTakenByItsWord) {
    settings.check_revocation = false;
    make();
    const session mine = browser_session();
    const std::string token(subject->issue(mine)->text.reveal());
    ASSERT_TRUE(run.await(store->erase(mine.user->id, mine.id)).value());
    const auto known = verify(token);
    ASSERT_TRUE(known);
    EXPECT_EQ(known->id, mine.id);
    EXPECT_EQ(known->user->id, mine.user->id);
    EXPECT_EQ(known->user->email(), mine.user->email());
    EXPECT_EQ(known->user->groups(), mine.user->groups());
    EXPECT_EQ(testing::headers_of(known->user), testing::headers_of(mine.user));
    EXPECT_EQ(known->authenticated_at, mine.authenticated_at);
    EXPECT_EQ(known->expires_at, time.now() + seconds{300});
    time.step_wall(seconds{-5});
    EXPECT_EQ(verify(token)->expires_at, time.now() + seconds{305});
    time.step_wall(seconds{5});
    EXPECT_EQ(verify(token, token_scrutiny::strict).error(), errc::no_session);
    EXPECT_FALSE(introspect(token));
    time.advance(seconds{300});
    EXPECT_FALSE(verify(token));
}

// J7
TEST_F(TokenAuthority, ChangesKeysWithoutRefusingATokenOfBefore) {
    auto first = signing_key::generate(token_algorithm::ed25519);
    auto second = signing_key::generate(token_algorithm::ed25519);
    const secret first_text = first.write(), second_text = second.write();
    const auto key = [](const secret& text) { return *signing_key::read(text); };
    subject->use(std::make_shared<const token_keys>(std::move(first), key(second_text)));
    const session mine = browser_session();
    const std::string before(subject->issue(mine)->text.reveal());
    subject->use(std::make_shared<const token_keys>(key(second_text), std::nullopt, key(first_text)));
    const std::string after(subject->issue(mine)->text.reveal());
    EXPECT_TRUE(verify(before));
    EXPECT_TRUE(verify(after));
    EXPECT_NE(subject->jwks()->find(second.id()), std::string::npos);
    subject->use(std::make_shared<const token_keys>(key(second_text)));
    EXPECT_FALSE(verify(before));
    EXPECT_TRUE(verify(after));
}

TEST_F(TokenAuthority, LogsInByTheOneDoor) {
    const token_pair pair = log_in();
    EXPECT_TRUE(logins.last.remember);
    EXPECT_EQ(logins.last.credential, credential_kind::refresh_token);
    EXPECT_EQ(verify(pair.access.text.reveal())->id, pair.value.id);
    // J3: neither is the other, and no refresh token is a cookie.
    EXPECT_FALSE(verify(pair.refresh.reveal()));
    EXPECT_FALSE(run.await(sessions->verify(pair.refresh.reveal())));
    EXPECT_EQ(refresh(secret(pair.access.text.reveal())).error(), errc::invalid_credentials);
    login_request wrong;
    wrong.password = secret("wrong");
    EXPECT_EQ(run.await(subject->login(std::move(wrong))).error(), errc::invalid_credentials);
}

TEST_F(TokenAuthority, RevokesByEitherToken) {
    token_pair pair = log_in();
    EXPECT_EQ(revoke(pair.access.text.reveal())->id, pair.value.id);
    EXPECT_FALSE(lives(pair.value));
    EXPECT_FALSE(revoke(pair.access.text.reveal()));
    pair = log_in();
    EXPECT_EQ(revoke(pair.refresh.reveal())->id, pair.value.id);
    EXPECT_FALSE(lives(pair.value));
    ASSERT_EQ(audit.events.size(), 2U);
    EXPECT_EQ(audit.events[1].type, "token_revoked");
    EXPECT_EQ(audit.events[1].session, pair.value.id);
    EXPECT_EQ(audit.events[1].request_id, "req-1");
    // What is too old to be used can still be taken back.
    pair = log_in();
    ASSERT_TRUE(refresh(pair.refresh));
    time.advance(seconds{3600});
    EXPECT_TRUE(revoke(pair.refresh.reveal()));
    pair = log_in();
    time.advance(seconds{3600});
    EXPECT_TRUE(revoke(pair.access.text.reveal()));
    for (const char* foreign : {"", "a", "a.b.c", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
        EXPECT_FALSE(revoke(foreign));
}

// RFC 7662
TEST_F(TokenAuthority, TellsWhatTokensStandFor) {
    const token_pair pair = log_in();
    const auto access = introspect(pair.access.text.reveal());
    ASSERT_TRUE(access);
    EXPECT_FALSE(access->is_refresh);
    EXPECT_EQ(access->value.id, pair.value.id);
    EXPECT_EQ(access->expires_at, time.wall() + seconds{300});
    EXPECT_EQ(access->issued_at, time.wall());
    const auto held = introspect(pair.refresh.reveal());
    ASSERT_TRUE(held);
    EXPECT_TRUE(held->is_refresh);
    EXPECT_EQ(held->value.id, pair.value.id);
    ASSERT_TRUE(refresh(pair.refresh));
    EXPECT_FALSE(introspect(pair.refresh.reveal()));  // used up
    EXPECT_FALSE(introspect("nonsense"));
}

TEST_F(TokenAuthority, CountsWhatItDoes) {
    const token_pair pair = log_in();
    ASSERT_TRUE(refresh(pair.refresh));
    ASSERT_TRUE(refresh(pair.refresh));
    time.advance(seconds{31});
    EXPECT_FALSE(refresh(pair.refresh));
    EXPECT_FALSE(verify("nonsense"));
    const token_stats stats = subject->stats();
    EXPECT_EQ(stats.issued, 3U);
    EXPECT_EQ(stats.refreshed, 1U);
    EXPECT_EQ(stats.repeated, 1U);
    EXPECT_EQ(stats.replayed, 1U);
    EXPECT_EQ(stats.refused, 1U);
}

}  // namespace
}  // namespace latchkey
