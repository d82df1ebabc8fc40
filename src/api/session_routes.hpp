// What the REST calls on sessions do, once the request's header is fine. On the API's shard.
#pragma once

#include "tickcast/api/public_api.hpp"

#include <string_view>

namespace tickcast {

/// `client` is whose quota the session is on.
HttpResponse post_session(PublicApi::Dependencies const& deps, std::string_view body,
                          ConnectionSlot const& client);
HttpResponse get_session(PublicApi::Dependencies const& deps, std::string_view id);
HttpResponse patch_session(PublicApi::Dependencies const& deps, std::string_view id,
                           std::string_view body);
HttpResponse delete_session(PublicApi::Dependencies const& deps, std::string_view id);

HttpResponse no_such_session();

}  // namespace tickcast
