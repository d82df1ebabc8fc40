#include "listen.hpp"
#include "setting_table.hpp"
#include "tickcast/base/check.hpp"
#include "tickcast/base/parse_number.hpp"
#include "web_origin.hpp"

#include <algorithm>
#include <locale>
#include <sstream>

namespace tickcast {
namespace {

// The shards' coarse tick is no finer, and a time that rounds to zero would be a busy loop.
constexpr double kMinSeconds = 0.001;
constexpr double kMaxSeconds = 1e6;

std::string join(std::vector<std::string> const& values) {
    std::string text;
    for (auto const& value : values) {
        if (!text.empty()) text += ' ';
        text += value;
    }
    return text;
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
    bool operator()(PathSetting const& kind) const {
        if (value.empty() || value.find('\0') != std::string::npos) return false;
        settings.*kind.member = value;
        return true;
    }
    bool operator()(TextsSetting const& kind) const {
        (settings.*kind.member).push_back(value);
        return true;
    }
    bool operator()(OriginsSetting const& kind) const {
        auto origin = parse_web_origin(value);
        if (!origin) return false;
        (settings.*kind.member).push_back(*std::move(origin));
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
        if (*number < kMinSeconds && !(kind.may_be_zero && *number == 0)) return false;
        settings.*kind.member = *number;
        return true;
    }
    bool operator()(BoolSetting const& kind) const {
        if (value != "true" && value != "false") return false;
        settings.*kind.member = value == "true";
        return true;
    }
};

/// What a value of the kind must be.
struct Wanted {
    std::string operator()(AddressSetting const&) const { return kListenForm; }
    std::string operator()(ChoiceSetting const& kind) const {
        std::string text{"one of"};
        for (auto const choice : kind.choices)
            text.append(" ").append(choice);
        return text;
    }
    std::string operator()(PathSetting const&) const { return "a path"; }
    std::string operator()(TextsSetting const&) const { return "a text"; }
    std::string operator()(OriginsSetting const&) const { return kWebOriginForm; }
    std::string operator()(WholeSetting const& kind) const {
        return "a whole number from " + std::to_string(kind.min) + " to " +
               std::to_string(kind.max);
    }
    std::string operator()(SecondsSetting const& kind) const {
        return (kind.may_be_zero ? "0 or a number of seconds from " : "a number of seconds from ") +
               number_text(kMinSeconds) + " to " + number_text(kMaxSeconds);
    }
    std::string operator()(BoolSetting const&) const { return "true or false"; }
};

struct Value {
    Settings const& settings;

    std::string operator()(AddressSetting const& kind) const { return settings.*kind.member; }
    std::string operator()(ChoiceSetting const& kind) const { return settings.*kind.member; }
    std::string operator()(PathSetting const& kind) const { return settings.*kind.member; }
    std::string operator()(TextsSetting const& kind) const { return join(settings.*kind.member); }
    std::string operator()(OriginsSetting const& kind) const { return join(settings.*kind.member); }
    std::string operator()(WholeSetting const& kind) const {
        return std::to_string(settings.*kind.member);
    }
    std::string operator()(SecondsSetting const& kind) const {
        return number_text(settings.*kind.member);
    }
    std::string operator()(BoolSetting const& kind) const {
        return settings.*kind.member ? "true" : "false";
    }
};

struct Clear {
    Settings& settings;

    void operator()(TextsSetting const& kind) const { (settings.*kind.member).clear(); }
    void operator()(OriginsSetting const& kind) const { (settings.*kind.member).clear(); }
    void operator()(auto const&) const {}  // a value replaces the one before
};

}  // namespace

Result<void, SettingError> apply(Setting const& setting, std::span<GivenValue const> values,
                                 Settings& settings) {
    TICKCAST_CHECK(values.size() == 1 || setting.repeatable(), "several values of one setting");
    std::visit(Clear{settings}, setting.kind);
    for (auto const& value : values) {
        if (std::visit(Assign{value.text, settings}, setting.kind)) continue;
        auto const what = in_quotes(value.text) + " is not " + wanted_text(setting);
        return setting_error(setting.flag(), what, value.source);
    }
    return {};
}

std::string wanted_text(Setting const& setting) {
    return std::visit(Wanted{}, setting.kind);
}

std::string unit_text(Setting const& setting) {
    return setting.unit.empty() ? wanted_text(setting) : std::string{setting.unit};
}

std::string default_text(Setting const& setting) {
    if (!setting.default_meaning.empty()) return std::string{setting.default_meaning};
    return value_text(setting, Settings{});
}

std::string value_text(Setting const& setting, Settings const& settings) {
    return std::visit(Value{settings}, setting.kind);
}

std::string number_text(double number) {
    std::ostringstream out;
    out.imbue(std::locale::classic());
    out.precision(15);
    out << number;
    return out.str();
}

}  // namespace tickcast
