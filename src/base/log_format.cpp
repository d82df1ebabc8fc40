#include "log_format.hpp"

#include "tickcast/base/text.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/common.h>
#include <spdlog/details/log_msg.h>

#include <array>
#include <chrono>
#include <ctime>
#include <string_view>

namespace tickcast {
namespace {

std::string_view view_of(spdlog::string_view_t text) noexcept {
    return {text.data(), text.size()};
}

/// The words of --log-level; spdlog's own are others.
std::string_view level_name(spdlog::level::level_enum level) noexcept {
    switch (level) {
        case spdlog::level::trace:
        case spdlog::level::debug:
            return "debug";
        case spdlog::level::info:
            return "info";
        case spdlog::level::warn:
            return "warn";
        default:
            return "error";
    }
}

/// RFC 3339 in UTC, milliseconds.
std::string time_text(spdlog::log_clock::time_point at) {
    using namespace std::chrono;
    auto const since = at.time_since_epoch();
    auto const seconds = floor<std::chrono::seconds>(since);
    auto const time = static_cast<std::time_t>(seconds.count());
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 32> text{};
    auto const size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    auto const milliseconds =
        std::to_string(duration_cast<std::chrono::milliseconds>(since - seconds).count());
    return std::string{text.data(), size} + '.' + std::string(3 - milliseconds.size(), '0') +
           milliseconds + 'Z';
}

void append_escaped(std::string_view text, std::string& out) {
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            append_hex_escape(c, out);
        } else {
            out += c;
        }
    }
}

std::string text_line(spdlog::details::log_msg const& message) {
    auto line = time_text(message.time);
    line.append(" ").append(level_name(message.level)).append(" ");
    line.append(view_of(message.logger_name)).append(": ");
    append_escaped(view_of(message.payload), line);
    return line;
}

std::string json_line(spdlog::details::log_msg const& message) {
    nlohmann::ordered_json const object{{"time", time_text(message.time)},
                                        {"level", level_name(message.level)},
                                        {"logger", view_of(message.logger_name)},
                                        {"msg", view_of(message.payload)}};
    // Bytes that are no UTF-8 become U+FFFD: a log reader must get every line.
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

void LogLineFormatter::format(spdlog::details::log_msg const& message, spdlog::memory_buf_t& out) {
    auto const line = format_ == LogFormat::json ? json_line(message) : text_line(message);
    out.append(line.data(), line.data() + line.size());
    out.push_back('\n');
}

std::unique_ptr<spdlog::formatter> LogLineFormatter::clone() const {
    return std::make_unique<LogLineFormatter>(format_);
}

}  // namespace tickcast
