#include "tickcast/http/route_table.hpp"

namespace tickcast {

std::string path_of(std::string_view pattern, std::string_view parameter) {
    std::string path{pattern.substr(0, pattern.find('{'))};
    return path.append(parameter);
}

}  // namespace tickcast
