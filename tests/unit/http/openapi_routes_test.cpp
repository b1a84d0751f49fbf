// docs/openapi.yaml and the route tables name the same paths and methods; docs/api.md lists the same error codes.
#include "admin_routes.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

#include <yaml-cpp/yaml.h>

namespace latchkey::http {
namespace {

using names = std::set<std::string>;

YAML::Node document() {
    return YAML::LoadFile(LATCHKEY_SOURCE_DIR "/docs/openapi.yaml");
}

constexpr std::pair<const char*, const char*> operations[] = {
    {"get", "GET"}, {"post", "POST"}, {"put", "PUT"}, {"patch", "PATCH"}, {"delete", "DELETE"}, {"options", "OPTIONS"}};

method method_named(std::string_view name) {
    return name == "GET"      ? method::get
           : name == "POST"   ? method::post
           : name == "PUT"    ? method::put
           : name == "PATCH"  ? method::patch
           : name == "DELETE" ? method::delete_
                              : method::options;
}

// As the document writes it: what stands below a prefix is a parameter there.
std::string documented_path(const path_pattern& path) {
    const std::string text(path.text());
    return path.is_prefix() ? text.substr(0, text.size() - 1) + "{path}" : text;
}

// "GET /sessions"; HEAD goes without saying.
names routed() {
    names all;
    for (const auto table : {public_routes(), admin_routes()})
        for (const auto& r : table)
            for (const auto& [key, name] : operations)
                if (r.accepts(method_named(name)))
                    all.insert(std::string(name) + ' ' + documented_path(r.path));
    return all;
}

names documented() {
    names all;
    const YAML::Node root = document();
    for (const auto& path : root["paths"])
        for (const auto& entry : path.second)
            for (const auto& [key, name] : operations)
                if (entry.first.as<std::string>() == key)
                    all.insert(std::string(name) + ' ' + path.first.as<std::string>());
    return all;
}

TEST(openapi, every_route_is_documented_and_every_documented_one_is_routed) {
    EXPECT_GT(routed().size(), 10U);
    EXPECT_EQ(routed(), documented());
}

TEST(openapi, the_error_codes_are_those_of_the_prose) {
    names enumerated{"invalid_configuration"};  // a schema of its own
    const YAML::Node root = document();
    for (const auto& code : root["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
        enumerated.insert(code.as<std::string>());

    names listed;
    std::ifstream prose(LATCHKEY_SOURCE_DIR "/docs/api.md");
    const std::regex row(R"(\| [45]\d\d \| `([a-z_]+)` \|.*)");
    std::smatch found;
    for (std::string line; std::getline(prose, line);)
        if (std::regex_match(line, found, row))
            listed.insert(found[1]);
    EXPECT_GT(listed.size(), 20U);
    EXPECT_EQ(listed, enumerated);
}

TEST(openapi, every_error_that_handlers_meet_is_documented) {
    names enumerated;
    const YAML::Node root = document();
    for (const auto& code : root["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
        enumerated.insert(code.as<std::string>());
    for (int value = static_cast<int>(errc::no_session); value <= static_cast<int>(errc::unsupported_hash); ++value) {
        const auto problem = to_problem(static_cast<errc>(value));
        EXPECT_TRUE(enumerated.contains(std::string(problem.code))) << problem.code;
    }
}

}  // namespace
}  // namespace latchkey::http
