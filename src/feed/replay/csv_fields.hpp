// Splits one CSV record (RFC 4180) into its fields, without the blanks around them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tickcast {

class CsvFields {
public:
    enum class Fault : std::uint8_t {
        none,
        open_quote,   ///< the record ends within quotes: it may continue in the next line
        after_quote,  ///< something but a comma follows a closing quote
    };

    explicit CsvFields(std::string_view record) noexcept : rest_(record) {}

    /// The next field without its quotes (doubled quotes stay doubled: no value of ours has one).
    /// Nothing at the end of the record, or if `fault()` is set.
    std::optional<std::string_view> next() noexcept;
    Fault fault() const noexcept { return fault_; }

private:
    std::optional<std::string_view> quoted() noexcept;
    std::optional<std::string_view> fail(Fault fault) noexcept;

    std::string_view rest_;
    bool ended_{false};
    Fault fault_{Fault::none};
};

}  // namespace tickcast
