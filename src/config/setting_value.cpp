#include "listen.hpp"
#include "setting_error.hpp"
#include "setting_table.hpp"
#include "tickcast/base/check.hpp"

#include <algorithm>
#include <charconv>
#include <locale>
#include <sstream>
#include <system_error>

namespace tickcast {
namespace {

// The shards' coarse tick is no finer, and what rounds to no time at all would be a busy loop.
constexpr double kMinSeconds = 0.001;
constexpr double kMaxSeconds = 1e6;

/// The whole text as a number: decimal, without sign, white space or trailing characters.
template <class Number>
std::optional<Number> parse_number(std::string_view text) noexcept {
    if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
    Number number{};
    auto const* const end = text.data() + text.size();
    auto const [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return number;
}

std::string to_text(double number) {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.precision(15);
    out << number;
    return out.str();
}

/// Sets the kind's member; false if the value is wrong.
struct Assign {
    std::string const& value;
    Settings& settings;

    bool operator()(AddressSetting const& kind) const {
        if (!split_listen(value)) return false;
        settings.*kind.member = value;
        return true;
    }
    bool operator()(ChoiceSetting const& kind) const {
        auto const& choices = kind.choices;
        if (std::find(choices.begin(), choices.end(), value) == choices.end()) return false;
        settings.*kind.member = value;
        return true;
    }
    bool operator()(TextsSetting const& kind) const {
        (settings.*kind.member).push_back(value);
        return true;
    }
    bool operator()(WholeSetting const& kind) const {
        auto const number = parse_number<std::uint64_t>(value);
        if (!number || *number < kind.min || *number > kind.max) return false;
        settings.*kind.member = *number;
        return true;
    }
    bool operator()(SecondsSetting const& kind) const {
        auto const number = parse_number<double>(value);
        if (!number || *number > kMaxSeconds) return false;
        if (*number < kMinSeconds && !(kind.zero_allowed && *number == 0)) return false;
        settings.*kind.member = *number;
        return true;
    }
};

/// What a value of the kind has to be.
struct Wanted {
    std::string operator()(AddressSetting const&) const { return kListenForm; }
    std::string operator()(ChoiceSetting const& kind) const {
        std::string text{"one of"};
        for (auto const choice : kind.choices)
            text.append(" ").append(choice);
        return text;
    }
    std::string operator()(TextsSetting const&) const { return "a text"; }
    std::string operator()(WholeSetting const& kind) const {
        return "a whole number from " + std::to_string(kind.min) + " to " +
               std::to_string(kind.max);
    }
    std::string operator()(SecondsSetting const&) const {
        return "a number of seconds from " + to_text(kMinSeconds) + " to " + to_text(kMaxSeconds);
    }
};

struct Default {
    Settings const& settings;

    std::string operator()(AddressSetting const& kind) const { return settings.*kind.member; }
    std::string operator()(ChoiceSetting const& kind) const { return settings.*kind.member; }
    std::string operator()(TextsSetting const& kind) const {
        std::string text;
        for (auto const& value : settings.*kind.member) {
            if (!text.empty()) text += ' ';
            text += value;
        }
        return text;
    }
    std::string operator()(WholeSetting const& kind) const {
        return std::to_string(settings.*kind.member);
    }
    std::string operator()(SecondsSetting const& kind) const {
        return to_text(settings.*kind.member);
    }
};

}  // namespace

std::optional<SettingError> apply(Setting const& setting, std::span<std::string const> values,
                                  std::string_view origin, Settings& settings) {
    TICKCAST_CHECK(values.size() == 1 || setting.repeatable(), "several values of one setting");
    if (auto const* texts = std::get_if<TextsSetting>(&setting.kind)) {
        (settings.*texts->member).clear();  // the default goes
    }
    for (auto const& value : values) {
        if (std::visit(Assign{value, settings}, setting.kind)) continue;
        auto const what = in_quotes(value) + " is not " + wanted_text(setting);
        return setting_error(setting.flag(), what, origin);
    }
    return std::nullopt;
}

std::string wanted_text(Setting const& setting) {
    return std::visit(Wanted{}, setting.kind);
}

std::string default_text(Setting const& setting) {
    if (!setting.default_meaning.empty()) return std::string{setting.default_meaning};
    Settings const defaults;
    return std::visit(Default{defaults}, setting.kind);
}

}  // namespace tickcast
