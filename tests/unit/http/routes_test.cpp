#include "handler_fixture.hpp"

#include <array>

namespace latchkey::http {
namespace {

task<void> answer_nothing(exchange& x) {
    x.begin(204);
    x.finish();
    co_return;
}

constexpr std::array table{
    route{"/things", methods::get, body_rule::none, answer_nothing},
    route{"/things", methods::post, body_rule::json, answer_nothing},
    route{"/things/special", methods::get, body_rule::none, answer_nothing},
    route{"/things/{id}", methods::erase | methods::get, body_rule::none, answer_nothing},
    route{"/things/{id}", methods::patch, body_rule::json, answer_nothing},
    route{"/things/{id}/parts", methods::get, body_rule::none, answer_nothing},
    route{"/form", methods::post, body_rule::required, answer_nothing},
    route{"/maybe", methods::post, body_rule::optional, answer_nothing},
};

class routes : public testing::handler_fixture {
protected:
    routes() { routes_ = table; }
    // The path pattern of the route that answered; the code of the refusal otherwise.
    std::string route_of(const std::string& line, const std::string& fields = {}, const std::string& body = {}) {
        const auto a = ask(line, fields, body);
        return found_ ? std::string(found_->path.text()) : a.code();
    }
};

TEST_F(routes, paths_and_parameters) {
    EXPECT_EQ(route_of("GET /things"), "/things");
    EXPECT_EQ(parameter_, "");
    EXPECT_EQ(route_of("DELETE /things/7"), "/things/{id}");
    EXPECT_EQ(parameter_, "7");
    EXPECT_EQ(route_of("GET /things/7/parts?x=1"), "/things/{id}/parts");
    EXPECT_EQ(parameter_, "7");
    EXPECT_EQ(route_of("GET /things/special"), "/things/special");
    EXPECT_EQ(parameter_, "");
    for (const auto* path :
         {"/", "/thing", "/things/", "/things/7/", "/things//parts", "/things/7/8", "/things/7/parts/"})
        EXPECT_EQ(route_of("GET " + std::string(path)), "not_found") << path;
}

TEST_F(routes, a_route_is_the_one_with_the_method) {
    EXPECT_EQ(route_of("PATCH /things/7", {}, "{}"), "/things/{id}");
    EXPECT_TRUE(found_->accepts(method::patch));
    EXPECT_EQ(route_of("HEAD /things/7"), "/things/{id}");
    EXPECT_TRUE(found_->accepts(method::delete_));
}

// H8
TEST_F(routes, a_refused_method_tells_what_is_allowed) {
    const auto allow = [&](const std::string& line) {
        const auto a = ask(line);
        EXPECT_EQ(a.status, 405) << line;
        EXPECT_FALSE(found_);
        return a.header("Allow");
    };
    EXPECT_EQ(allow("DELETE /things"), "GET, HEAD, POST");
    EXPECT_EQ(allow("PUT /things/7"), "GET, HEAD, PATCH, DELETE");
    EXPECT_EQ(allow("TRACE /things/7"), "GET, HEAD, PATCH, DELETE");
    EXPECT_EQ(allow("POST /things/7/parts"), "GET, HEAD");
    EXPECT_EQ(allow("DELETE /things/special"), "GET, HEAD") << "a literal is no id";
    EXPECT_EQ(allow("TRACE /nowhere"), "");
}

TEST_F(routes, media_types) {
    const std::string form = "Content-Type: application/x-www-form-urlencoded\r\n";
    const std::string text = "Content-Type: text/plain\r\n";
    EXPECT_EQ(route_of("POST /things", {}, "{}"), "/things");
    EXPECT_EQ(route_of("POST /things", form, "a=b"), "unsupported_media_type");
    EXPECT_EQ(route_of("POST /things"), "unsupported_media_type");
    EXPECT_EQ(route_of("POST /form", form, "a=b"), "/form");
    EXPECT_EQ(route_of("POST /form", text, "a=b"), "unsupported_media_type");
    EXPECT_EQ(route_of("POST /form"), "unsupported_media_type");
    EXPECT_EQ(route_of("POST /maybe"), "/maybe");
    EXPECT_EQ(route_of("POST /maybe", form, "a=b"), "/maybe");
    EXPECT_EQ(route_of("POST /maybe", text), "unsupported_media_type");
    EXPECT_EQ(route_of("DELETE /things/7", text, "anything"), "/things/{id}") << "never read, and so never judged";
}

// X1
TEST_F(routes, every_change_is_refused_to_other_sites) {
    const std::string foreign = "Sec-Fetch-Site: cross-site\r\n";
    EXPECT_EQ(route_of("DELETE /things/7", foreign), "cross_site_request");
    EXPECT_EQ(route_of("PATCH /things/7", foreign, "{}"), "cross_site_request");
    EXPECT_EQ(route_of("POST /maybe", foreign), "cross_site_request");
    EXPECT_EQ(route_of("GET /things/7", foreign), "/things/{id}");
}

TEST_F(routes, the_public_table_hides_names_from_ids) {
    routes_ = public_routes();
    EXPECT_EQ(ask("DELETE /sessions/whoami").header("Allow"), "GET, HEAD");
    EXPECT_EQ(ask("DELETE /sessions/reauthenticate").header("Allow"), "POST");
    EXPECT_EQ(ask("GET /sessions/0123").header("Allow"), "DELETE");
    EXPECT_EQ(ask("POST /sessions").header("Allow"), "GET, HEAD, DELETE");
}

}  // namespace
}  // namespace latchkey::http
