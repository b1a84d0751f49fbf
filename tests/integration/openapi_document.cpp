#include "openapi_document.hpp"

#include "json_schema.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace latchkey::test {
namespace {

using nlohmann::json;

std::string lower(std::string text) {
    for (char& c : text)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return text;
}

}  // namespace

openapi_document::openapi_document() : root_(YAML::LoadFile(LATCHKEY_SOURCE_DIR "/docs/openapi.yaml")) {
}

std::vector<openapi_document::resource> openapi_document::paths() const {
    std::vector<resource> all;
    for (const auto& entry : root_["paths"]) {
        resource p{entry.first.as<std::string>(), static_cast<bool>(entry.second["servers"]), {}};
        for (const auto& [key, methods] : {std::pair{"get", "GET, HEAD"},
                                           {"post", "POST"},
                                           {"put", "PUT"},
                                           {"patch", "PATCH"},
                                           {"delete", "DELETE"},
                                           {"options", "OPTIONS"}})
            if (entry.second[key])
                p.allow.append(p.allow.empty() ? "" : ", ").append(methods);
        all.push_back(p);
    }
    return all;
}

std::vector<std::string> openapi_document::faults(const std::string& method, const std::string& path,
                                                  const http_response& response) const {
    std::vector<std::string> found;
    const YAML::Node root = root_;
    const YAML::Node operation = root["paths"][path][lower(method)];
    if (!operation)
        return {"there is no such operation"};
    const YAML::Node told = operation["responses"][std::to_string(response.status)];
    if (!told && response.status < 400)
        return {"status " + std::to_string(response.status) + " is not told of"};
    const YAML::Node wanted = resolve(root, told ? told : operation["responses"]["default"]);

    const YAML::Node headers = wanted["headers"];
    for (const auto& entry : headers) {
        const auto name = entry.first.as<std::string>();
        const YAML::Node header = resolve(root, entry.second);
        if (header["required"] && header["required"].as<bool>() && response.count(name) == 0)
            found.push_back("has no " + name);
        const auto values = response.all(name);
        if (values.size() > 1 && name != "Set-Cookie")
            found.push_back("has several " + name);
        if (header["schema"]["type"] && header["schema"]["type"].as<std::string>() == "string")
            for (const auto& value : values)
                for (const auto& m : mismatches(root, header["schema"], json(value), name))
                    found.push_back(m);
    }
    for (const char* name : {"Set-Cookie", "Location", "WWW-Authenticate", "Allow", "Retry-After"})
        if (response.count(name) != 0 && !(headers && headers[name]))
            found.push_back(std::string(name) + " is not told of");

    const YAML::Node content = wanted["content"];
    if (!content) {
        if (!response.body.empty() || response.count("Content-Type") != 0)
            found.push_back("content is not told of");
        return found;
    }
    if (wanted["x-content-optional"] && response.body.empty() && response.count("Content-Type") == 0)
        return found;
    const auto type = response["Content-Type"];
    const YAML::Node media = content[type.substr(0, type.find(';'))];
    if (!media) {
        found.push_back("media type " + type + " is not told of");
        return found;
    }
    if (type.find("json") != std::string::npos)
        for (const auto& m : mismatches(root, media["schema"], json::parse(response.body)))
            found.push_back(m);
    return found;
}

}  // namespace latchkey::test
