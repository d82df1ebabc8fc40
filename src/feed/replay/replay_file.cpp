#include "feed/replay/replay_file.hpp"

#include <utility>

namespace tickcast {

Result<ReplayFile, std::string> ReplayFile::open(std::string const& path, TickerTable& table) {
    constexpr std::size_t kItemsAtOnce = 4096;
    auto reader = CsvTickReader::open(path);
    if (!reader) return reader.error();
    ReplayFile file{path, *std::move(reader), table};
    while (!file.scan_some(kItemsAtOnce)) {
    }
    return file;
}

ReplayFile::ReplayFile(std::string path, CsvTickReader reader, TickerTable& table)
    : path_(std::move(path)), reader_(std::move(reader)), table_(&table) {}

Result<void, std::string> ReplayFile::reopen() {
    auto reader = CsvTickReader::begin(path_);
    if (!reader) return reader.error();
    reader_ = *std::move(reader);
    scan_ = {};
    given_up_.reset();
    return {};
}

bool ReplayFile::replaced() {
    auto const now = FileIdentity::of(path_);
    return !now || !now->same_file(reader_.identity()) || reader_.written_over();
}

bool ReplayFile::scan_some(std::size_t items) {
    for (std::size_t i = 0; i < items; ++i) {
        if (!reader_.ready()) {
            if (look_on()) continue;
            return true;
        }
        if (!scan_item()) continue;
        reader_.rewind();
        return true;
    }
    return false;
}

/// False if the file is unusable.
bool ReplayFile::look_on() {
    auto looked = reader_.look_on();
    if (looked) return true;
    scan_.end = {std::move(looked.error()), reader_.failed_to_read()};
    return false;
}

/// Scans one item; true at the end of the file.
bool ReplayFile::scan_item() {
    auto const item = reader_.next();
    if (auto const* const row = std::get_if<CsvRow>(&item)) {
        ++scan_.rows;
        if (!table_->make_known(row->ticker)) ++scan_.rows_without_room;
    } else if (auto const* const fault = std::get_if<CsvFault>(&item)) {
        ++scan_.bad_rows[index_of(fault->reason)];
    } else if (auto const* const end = std::get_if<CsvTickReader::End>(&item)) {
        scan_.end = *end;
        return true;
    }
    return false;
}

}  // namespace tickcast
