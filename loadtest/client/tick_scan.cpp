#include "client/tick_scan.hpp"

namespace tickcast::client {
namespace {

/// Reads one `"name":value` at `position`, which moves past it. The value keeps its quotes.
bool scan_member(std::string_view json, std::size_t& position, std::string_view& name,
                 std::string_view& value) noexcept {
    if (position >= json.size() || json[position] != '"') return false;
    auto const name_end = json.find('"', position + 1);
    if (name_end == std::string_view::npos || json.size() < name_end + 3) return false;
    name = json.substr(position + 1, name_end - position - 1);
    if (json[name_end + 1] != ':') return false;
    std::size_t const begin = name_end + 2;
    std::size_t end = begin;
    if (json[begin] == '"') {
        end = json.find('"', begin + 1);
        if (end == std::string_view::npos) return false;
        ++end;
        if (json.substr(begin, end - begin).find('\\') != std::string_view::npos) return false;
    } else {
        while (end < json.size() && json[end] != ',' && json[end] != '}')
            ++end;
    }
    value = json.substr(begin, end - begin);
    position = end;
    return end < json.size() && !value.empty();
}

bool to_number(std::string_view text, std::uint64_t& number) noexcept {
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::optional<std::uint32_t> whole_number(std::string_view text) noexcept {
    std::uint32_t number = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} ? std::optional(number) : std::nullopt;
}

std::string_view string_member(std::string_view json, std::string_view name) noexcept {
    std::size_t position = 0;
    for (;;) {
        position = json.find(name, position);
        if (position == std::string_view::npos || position == 0) return {};
        auto const after = position + name.size();
        if (json[position - 1] == '"' && json.substr(after, 3) == "\":\"") {
            auto const end = json.find('"', after + 3);
            if (end == std::string_view::npos) return {};
            return json.substr(after + 3, end - after - 3);
        }
        position = after;
    }
}

std::string_view frame_type(std::string_view json) noexcept {
    return string_member(json, "type");
}

bool scan_tick(std::string_view json, std::size_t& position, TickView& tick) noexcept {
    std::size_t const begin = position;
    if (position >= json.size() || json[position] != '{') return false;
    do {
        ++position;
        std::string_view name;
        std::string_view value;
        if (!scan_member(json, position, name, value)) return false;
        if (name.size() != 1) continue;
        bool ok = true;
        switch (name[0]) {
            case 's':
                ok = value.size() > 2 && value.front() == '"';
                if (ok) tick.ticker = value.substr(1, value.size() - 2);
                break;
            case 'n':
                ok = to_number(value, tick.n);
                break;
            case 't':
                ok = to_number(value, tick.t);
                break;
            case 'x':
                ok = to_number(value, tick.x);
                break;
            default:
                break;
        }
        if (!ok) return false;
    } while (json[position] == ',');
    if (json[position] != '}') return false;
    ++position;
    tick.text = json.substr(begin, position - begin);
    return !tick.ticker.empty() && tick.n > 0 && tick.t > 0;
}

std::map<std::string, std::string> members_of(std::string_view object) {
    std::map<std::string, std::string> members;
    std::size_t position = 0;
    if (object.empty() || object[0] != '{') return members;
    do {
        ++position;
        std::string_view name;
        std::string_view value;
        if (!scan_member(object, position, name, value)) return {};
        members.emplace(name, value);
    } while (object[position] == ',');
    return members;
}

}  // namespace tickcast::client
