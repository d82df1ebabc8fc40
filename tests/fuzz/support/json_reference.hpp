// What nlohmann's tree says of a text, beside the server's readers, which build no tree. Pure.
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast::fuzz {

/// The text's tree; nothing where it is no JSON. A NUL is none, though nlohmann ends there.
inline std::optional<nlohmann::json> tree_of(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    auto tree = nlohmann::json::parse(text, nullptr, false);
    if (tree.is_discarded()) return std::nullopt;
    return tree;
}

/// Whether the text is certainly no JSON. Reading ends at a number beyond a double (1e400), the
/// server's reading too: what follows it is not judged.
inline bool is_no_json(std::string_view text) {
    constexpr int kBeyondDouble = 406;
    if (text.find('\0') != std::string_view::npos) return true;
    try {
        return nlohmann::json::parse(text).is_discarded();
    } catch (nlohmann::json::exception const& error) {
        return error.id != kBeyondDouble;
    }
}

inline std::vector<std::string> strings_of(nlohmann::json const& object, char const* name) {
    return object.contains(name) ? object.at(name).get<std::vector<std::string>>()
                                 : std::vector<std::string>{};
}

}  // namespace tickcast::fuzz
