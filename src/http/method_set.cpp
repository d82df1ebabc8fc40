#include "tickcast/http/method_set.hpp"

namespace tickcast {

std::string MethodSet::list() const {
    std::string text;
    for (std::size_t i = 0; i < kMethods; ++i) {
        auto const method = static_cast<Method>(i);
        if (!contains(method)) continue;
        if (!text.empty()) text += ", ";
        text += name(method);
    }
    return text;
}

}  // namespace tickcast
