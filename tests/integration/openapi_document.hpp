// docs/openapi.yaml, and whether an answer is one that it tells of.
#pragma once

#include "http_response.hpp"

#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace latchkey::test {

class openapi_document {
public:
    // Throws YAML::Exception.
    openapi_document();

    struct resource {
        std::string text;  // "/sessions/{id}"
        bool is_admin = false;
        std::string allow;  // the Allow field that its operations come to
    };
    std::vector<resource> paths() const;

    // What is wrong with `response` as an answer of this operation: its status, header fields, media type or content.
    std::vector<std::string> faults(const std::string& method, const std::string& path,
                                    const http_response& response) const;

private:
    YAML::Node root_;
};

}  // namespace latchkey::test
