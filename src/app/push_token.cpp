#include "push_token.hpp"

#include "tickcast/app/application.hpp"
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

/// Far below --max-header-bytes' least value, in which the token has to fit.
constexpr std::size_t kMaxTokenBytes = 512;

/// The file's begin, up to one byte more than `limit`; sets `error` (errno).
std::string read_begin(std::string const& path, std::size_t limit, int& error) {
    std::string text(limit + 1, '\0');
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{std::fopen(path.c_str(), "rbe"),
                                                               &std::fclose};
    if (!file) {
        error = errno;
        return {};
    }
    text.resize(std::fread(text.data(), 1, text.size(), file.get()));
    if (std::ferror(file.get()) != 0) error = errno;
    return text;
}

std::string_view without_space_around(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n";
    auto const begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kSpace) + 1 - begin);
}

}  // namespace

std::string read_push_token(std::string const& path, SettingOrigins const& origins) {
    if (path.empty()) return {};
    auto const refuse = [&](std::string const& why) {
        return StartupError{setting_error("--push-token-file", in_quotes(path) + ' ' + why,
                                          origins.of("push-token-file"))};
    };
    int error = 0;
    auto const text = read_begin(path, kMaxTokenBytes, error);
    if (error != 0) {
        throw refuse("cannot be read: " + std::generic_category().message(error));
    }
    auto const token = without_space_around(text);
    if (token.empty()) throw refuse("holds no token");
    if (text.size() > kMaxTokenBytes) {
        throw refuse("is longer than " + std::to_string(kMaxTokenBytes) + " bytes");
    }
    bool const printable =
        std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (!printable) throw refuse("holds more than one word of visible ASCII");
    return std::string{token};
}

}  // namespace tickcast
