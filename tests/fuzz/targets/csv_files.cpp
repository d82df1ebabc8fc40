// A recording as text: header, rows, times. Each row is what a plain splitting of it gives, quoted
// or not; the file read twice, and packed in several members, gives the same rows.
#include "feed/replay/csv_fields.hpp"
#include "feed/replay/csv_tick_reader.hpp"
#include "fuzz/support/fuzz.hpp"
#include "fuzz/support/gzip.hpp"
#include "fuzz/support/memory_file.hpp"
#include "fuzz/support/pieces.hpp"
#include "tickcast/base/text.hpp"

#include <string>
#include <vector>

namespace tickcast::fuzz {

namespace {

std::string shown(CsvRow const& row) {
    auto text = std::to_string(row.ts_ns) + ' ' + row.ticker.str();
    for (auto const& member : kQuoteMembers) {
        auto const& value = row.update.*member.of_update;
        text += value ? ' ' + std::to_string(value->raw()) : " -";
    }
    return text;
}

std::string shown(Result<CsvRow, CsvFault> const& row) {
    return row ? shown(*row) : std::string{"fault: "} + row.error().what;
}

/// All that the reader gives up to its end.
std::vector<std::string> items_of(CsvTickReader& reader, std::size_t size) {
    std::vector<std::string> items;
    // Each call takes a byte, or is the last one, or one of few that only fill a buffer.
    for (std::size_t calls = 0; calls < 3 * size + 100; ++calls) {
        auto const item = reader.next();
        if (auto const* row = std::get_if<CsvRow>(&item)) items.push_back(shown(*row));
        if (auto const* fault = std::get_if<CsvFault>(&item)) {
            items.push_back(std::to_string(reader.line()) + ": " + fault->what);
        }
        if (auto const* end = std::get_if<CsvTickReader::End>(&item)) {
            items.push_back("end " + end->fault);
            return items;
        }
    }
    require(false, "reading a file ends");
    return items;
}

/// The file in members of drawn sizes.
std::string in_members(std::string_view text) {
    Draws draws{text};
    std::string file;
    do {
        auto const size = std::min(draws.below(300), text.size());
        file += packed(text.substr(0, size));
        text.remove_prefix(size);
    } while (!text.empty());
    return file;
}

std::string quoted(std::string_view line) {
    std::string out;
    for (std::size_t begin = 0; begin <= line.size();) {
        auto const end = std::min(line.find(',', begin), line.size());
        out.append(begin == 0 ? "\"" : ",\"").append(line.substr(begin, end - begin)) += '"';
        begin = end + 1;
    }
    return out;
}

/// The fields of a row without quotes, by the plainest splitting.
std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> fields;
    for (std::size_t begin = 0; begin <= line.size();) {
        auto const end = std::min(line.find(',', begin), line.size());
        fields.push_back(trimmed(line.substr(begin, end - begin)));
        begin = end + 1;
    }
    return fields;
}

void check_row(std::string_view line, CsvLayout const& layout) {
    auto const row = parse_csv_row(line, layout);
    if (row) require(whole_time_of(line, layout).has_value(), "a row has a time");
    if (line.find('"') != line.npos) return;
    require_same(shown(parse_csv_row(quoted(line), layout)), shown(row), "quotes do not matter");
    if (!row) return;
    auto const fields = split(line);
    require(fields.size() >= layout.size(), "a row has a field for each column");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i >= layout.size()) {
            require(fields[i].empty(), "only empty fields follow");
            continue;
        }
        auto const column = layout[i];
        if (column == CsvColumn::time) {
            auto const time = parse_source_time(fields[i], layout.unit());
            require(time && *time == row->ts_ns, "a row has its time");
        }
        if (column == CsvColumn::ticker) {
            auto const ticker = Ticker::parse(fields[i]);
            require(ticker && *ticker == row->ticker, "a row has its ticker");
        }
        for (auto const& member : kQuoteMembers) {
            if (member.column != layout.name_of(column)) continue;
            auto const& ours = row->update.*member.of_update;
            require(ours.has_value() == !fields[i].empty(), "an empty field has no value");
            auto const value = Decimal::parse(fields[i]);
            require(!ours || (value && *value == *ours), "a row has its values");
            require(!ours || !member.is_size || ours->raw() >= 0, "no size is negative");
        }
    }
}

void check_rows(std::string_view input) {
    auto const end = std::min(input.find('\n'), input.size());
    auto const header = input.substr(0, end);
    auto const parsed = CsvLayout::parse(header);
    auto const layout = parsed ? *parsed : CsvLayout::standard();
    if (parsed) require(layout.size() >= kCsvColumns, "a header has all columns");
    auto rest = parsed ? input.substr(std::min(end + 1, input.size())) : input;
    while (!rest.empty()) {
        auto const line = rest.substr(0, rest.find('\n'));
        check_row(line, layout);
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
}

void check_file(std::string_view input) {
    static MemoryFile plain;
    static MemoryFile gzip;
    plain.write(input);
    gzip.write(in_members(input));
    auto one = CsvTickReader::open(plain.path());
    auto other = CsvTickReader::open(gzip.path());
    require(static_cast<bool>(one) == static_cast<bool>(other) || input.empty() ||
                input.starts_with("\x1f\x8b"),
            "a packed file is as good as a plain one");
    if (!one || !other) return;
    auto const first = items_of(*one, input.size());
    one->rewind();
    require(first == items_of(*one, input.size()), "a file read again gives the same rows");
    require(first == items_of(*other, input.size()), "a packed file gives the same rows");
}

}  // namespace

void run(std::string_view input) {
    check_rows(input);
    check_file(input);
}

}  // namespace tickcast::fuzz
