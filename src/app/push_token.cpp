#include "app/push_token.hpp"

#include "tickcast/app/startup_error.hpp"
#include "tickcast/base/result.hpp"
#include "tickcast/config/setting_error.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <system_error>

namespace tickcast {

namespace {

/// Far below the lowest --max-header-bytes: the token must fit into the headers.
constexpr std::size_t kMaxTokenBytes = 512;

/// The file's first bytes, `limit` + 1 at most; or the errno.
Result<std::string, int> read_beginning(std::string const& path, std::size_t limit) {
    std::string text(limit + 1, '\0');
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{std::fopen(path.c_str(), "rbe"),
                                                               &std::fclose};
    if (!file) return errno;
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0) return errno;
    return text;
}

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
    auto const text = read_beginning(path, kMaxTokenBytes);
    if (!text) {
        throw refuse("cannot be read: " + std::generic_category().message(text.error()));
    }
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
