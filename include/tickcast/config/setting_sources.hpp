// The source of each setting's value, for errors that show only later (a feed's file, a
// certificate). A value; read-only once loaded.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tickcast {

class SettingSources {
public:
    /// The source of the setting's value at `index` (settings that are not repeatable have one
    /// value), as in "the command line", "environment variable TICKCAST_FEED", "file PATH:7" or
    /// "the default".
    std::string of(std::string_view setting, std::size_t index = 0) const {
        auto const found = sources_.find(setting);
        if (found == sources_.end() || index >= found->second.size()) return "the default";
        return found->second[index];
    }

    void set(std::string_view setting, std::vector<std::string> of_values) {
        sources_.insert_or_assign(std::string{setting}, std::move(of_values));
    }

private:
    std::map<std::string, std::vector<std::string>, std::less<>> sources_;
};

}  // namespace tickcast
