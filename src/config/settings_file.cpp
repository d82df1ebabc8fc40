#include "settings_file.hpp"

#include "setting_table.hpp"
#include "tickcast/base/read_file.hpp"

// No other file needs toml++, so it is compiled here alone.
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {
namespace {

constexpr std::size_t kMaxFileBytes = std::size_t{1} << 20;  // far more than all settings need

/// A value for errors, as TOML writes it.
std::string shown(toml::node const& node) {
    // toml++ may choose other quotes than the file has.
    if (auto const* text = node.as_string()) return in_quotes(text->get());
    std::ostringstream out;
    node.visit([&out](auto const& value) { out << value; });
    return in_one_line(without_credentials(out.str()));
}

/// A value's text as the setting table reads it; nothing if the value's type is wrong.
struct TypedText {
    toml::node const& node;

    std::optional<std::string> operator()(WholeSetting const&) const {
        if (auto const* number = node.as_integer()) return std::to_string(number->get());
        return std::nullopt;
    }
    std::optional<std::string> operator()(SecondsSetting const&) const {
        if (auto const* number = node.as_integer()) return std::to_string(number->get());
        if (auto const* number = node.as_floating_point()) return number_text(number->get());
        return std::nullopt;
    }
    std::optional<std::string> operator()(BoolSetting const&) const {
        if (auto const* value = node.as_boolean()) return value->get() ? "true" : "false";
        return std::nullopt;
    }
    std::optional<std::string> operator()(auto const&) const {
        if (auto const* text = node.as_string()) return text->get();
        return std::nullopt;
    }
};

struct Entry {
    std::string_view key;
    toml::node const* value;
    toml::source_index line;
};

/// In the order of lines, so that the first wrong entry is reported; toml++ sorts its table by key.
std::vector<Entry> in_order(toml::table const& table) {
    std::vector<Entry> entries;
    for (auto const& [key, value] : table)
        entries.push_back({key.str(), &value, key.source().begin.line});
    std::stable_sort(entries.begin(), entries.end(),
                     [](Entry const& a, Entry const& b) { return a.line < b.line; });
    return entries;
}

struct Reader {
    std::string const& path;
    Given given{all_settings().size()};

    std::string source_of(toml::source_index line) const {
        return "file " + in_one_line(path) + ":" + std::to_string(line);
    }

    Result<void, SettingError> read(Entry const& entry) {
        auto const index = find_setting(entry.key);
        if (!index || all_settings()[*index].name == "config") {
            auto const what = (index ? "can't be in the file" : "is no setting") +
                              (", given " + shown(*entry.value));
            return setting_error(in_one_line(entry.key), what, source_of(entry.line));
        }
        auto const* const array = entry.value->as_array();
        if (array == nullptr || !all_settings()[*index].repeatable()) {
            return read_value(*index, *entry.value, entry.line);
        }
        if (array->empty()) return wrong(*index, *entry.value, entry.line);
        for (auto const& element : *array) {
            auto done = read_value(*index, element, element.source().begin.line);
            if (!done) return done;
        }
        return {};
    }

    Result<void, SettingError> read_value(std::size_t index, toml::node const& value,
                                          toml::source_index line) {
        auto text = std::visit(TypedText{value}, all_settings()[index].kind);
        if (!text) return wrong(index, value, line);
        given[index].push_back({*std::move(text), source_of(line)});
        return {};
    }

    SettingError wrong(std::size_t index, toml::node const& value, toml::source_index line) const {
        auto const& setting = all_settings()[index];
        // Otherwise "3" would be refused for being no number.
        auto const what = shown(value) + (value.is_string() ? ", a string, is not " : " is not ");
        return setting_error(setting.flag(), what + wanted_text(setting), source_of(line));
    }
};

}  // namespace

Result<Given, SettingError> read_settings_file(GivenValue const& config) {
    auto const refuse = [&config](std::string const& why) {
        return setting_error("--config", in_quotes(config.text) + " " + why, config.source);
    };
    auto const file = read_file(config.text, kMaxFileBytes);
    if (!file) return refuse("can't be read: " + file.error().message());
    if (file->size() > kMaxFileBytes) {
        return refuse("can't be read: over " + std::to_string(kMaxFileBytes) + " bytes");
    }
    toml::table table;
    try {
        table = toml::parse(std::string_view{*file});
    } catch (toml::parse_error const& error) {
        return refuse("is not TOML, line " + std::to_string(error.source().begin.line) + ": " +
                      in_one_line(without_credentials(error.description())));
    }
    Reader reader{config.text};
    for (auto const& entry : in_order(table)) {
        if (auto read = reader.read(entry); !read) return std::move(read.error());
    }
    return std::move(reader.given);
}

}  // namespace tickcast
