#include "app/push_token.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/base/read_file.hpp"
#include "tickcast/config/setting_error.hpp"

#include <algorithm>
#include <string_view>

namespace tickcast {

namespace {

/// Far below the lowest --max-header-bytes: the token must fit into the headers.
constexpr std::size_t kMaxTokenBytes = 512;

std::string_view without_space_around(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    auto const begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

}  // namespace

std::string read_push_token(std::string const& path, SettingSources const& sources) {
    if (path.empty()) return {};
    auto const refuse = [&](std::string const& why) {
        return StartupError{setting_error("--push-token-file", in_quotes(path) + ' ' + why,
                                          sources.of("push-token-file"))};
    };
    auto const text = read_file(path, kMaxTokenBytes);
    if (!text) throw refuse("cannot be read: " + text.error().message());
    auto const token = without_space_around(*text);
    if (token.empty()) throw refuse("holds no token");
    if (text->size() > kMaxTokenBytes) {
        throw refuse("is longer than " + std::to_string(kMaxTokenBytes) + " bytes");
    }
    bool const printable =
        std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!printable) throw refuse("holds more than one word of visible ASCII");
    return std::string{token};
}

}  // namespace tickcast
