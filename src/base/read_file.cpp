#include "tickcast/base/read_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace tickcast {

Result<std::string, std::error_code> read_file(std::string const& path, std::size_t most) {
    auto const failed = [] { return std::error_code{errno, std::generic_category()}; };
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file{std::fopen(path.c_str(), "rbe"),
                                                               &std::fclose};
    if (!file) return failed();
    std::string bytes;
    char piece[65'536];
    while (bytes.size() <= most) {
        auto const wanted = std::min(sizeof piece, most - bytes.size() + 1);
        auto const size = std::fread(piece, 1, wanted, file.get());
        bytes.append(piece, size);
        if (size < wanted) break;
    }
    if (std::ferror(file.get()) != 0) return failed();
    return bytes;
}

}  // namespace tickcast
