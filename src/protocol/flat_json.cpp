#include "protocol/flat_json.hpp"

#include "tickcast/base/check.hpp"
#include "tickcast/model/json_integer.hpp"
#include "tickcast/protocol/json_fault.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace tickcast {

namespace {

using Json = nlohmann::json;

/// nlohmann's parser calls this for each token; a member that returns false stops it. The values
/// are judged afterwards, because a text that turns out to be no JSON is answered with
/// invalid_json.
class FlatReader {
public:
    bool null() { return value(NoValue{}); }
    bool boolean(bool) { return value(NoValue{}); }
    bool number_integer(std::int64_t number) {
        if (number >= 0) return number_unsigned(static_cast<std::uint64_t>(number));  // -0
        return value(number);
    }
    bool number_unsigned(std::uint64_t number) { return value(number); }
    bool number_float(double, std::string const& text);
    bool string(std::string& text);
    bool binary(Json::binary_t&) { return false; }
    bool start_object(std::size_t);
    bool end_object() { return leave(); }
    bool start_array(std::size_t);
    bool end_array() { return leave(); }
    bool key(std::string& name);
    bool parse_error(std::size_t position, std::string const&, Json::exception const& error);

    FlatObject take() { return std::move(object_); }

private:
    bool at_member() const noexcept { return depth_ == 1 && object_.is_object && !past_; }

    bool value(FlatValue value);
    bool enter();
    bool leave();
    bool broken(std::string detail);

    FlatObject object_;
    StringArray* array_{nullptr};  ///< the array of the member that is being read
    std::size_t depth_{0};
    bool past_{false};  ///< kMaxMembers were read already
};

bool FlatReader::broken(std::string detail) {
    object_.broken = Error{.code = ErrorCode::invalid_json, .detail = std::move(detail)};
    return false;
}

bool FlatReader::value(FlatValue value) {
    if (at_member()) {
        object_.members.back().value = std::move(value);
    } else if (array_ != nullptr) {
        array_->strings_only = false;
    }
    return true;
}

/// 55.0 and 5.5e1 are integers too; a pong repeats them as the client wrote them.
bool FlatReader::number_float(double, std::string const& text) {
    auto const whole = parse_json_integer(text);
    if (!whole) return value(OtherNumber{});
    number_integer(*whole);
    if (at_member()) object_.members.back().integer_text = text;
    return true;
}

bool FlatReader::string(std::string& text) {
    if (depth_ != 2 || array_ == nullptr) return value(std::move(text));
    array_->texts.push_back(std::move(text));
    return true;
}

bool FlatReader::start_object(std::size_t) {
    value(NoValue{});
    if (depth_ == 0) object_.is_object = true;
    return enter();
}

bool FlatReader::start_array(std::size_t) {
    bool const of_a_member = at_member();
    value(StringArray{});
    if (of_a_member) array_ = std::get_if<StringArray>(&object_.members.back().value);
    return enter();
}

bool FlatReader::enter() {
    if (++depth_ > kMaxJsonDepth) return broken("nested too deeply");
    return true;
}

bool FlatReader::leave() {
    if (--depth_ == 1) array_ = nullptr;
    return true;
}

bool FlatReader::key(std::string& name) {
    if (depth_ != 1) return true;
    if (object_.find(name) != nullptr) {
        return broken("the member \"" + std::string{cut_utf8(name, kMaxEchoedBytes)} +
                      "\" is there twice");
    }
    past_ = object_.members.size() == kMaxMembers;
    if (!past_) object_.members.push_back({.name = std::move(name)});
    return true;
}

bool FlatReader::parse_error(std::size_t position, std::string const&,
                             Json::exception const& error) {
    if (error.id == kJsonNumberOverflow) {
        value(OtherNumber{});
        return false;
    }
    return broken("not valid JSON near byte " + std::to_string(position));
}

}  // namespace

FlatMember const* FlatObject::find(std::string_view name) const noexcept {
    auto const it = std::find_if(members.begin(), members.end(),
                                 [name](auto const& member) { return member.name == name; });
    return it == members.end() ? nullptr : &*it;
}

FlatMember* FlatObject::find(std::string_view name) noexcept {
    return const_cast<FlatMember*>(std::as_const(*this).find(name));
}

FlatObject read_flat_object(std::string_view text) {
    // nlohmann treats a NUL as the end of the text, and would not see the bytes after it.
    if (text.find('\0') != std::string_view::npos) {
        FlatObject object;
        object.broken = Error{.code = ErrorCode::invalid_json, .detail = "a NUL byte is no JSON"};
        return object;
    }
    FlatReader reader;
    Json::sax_parse(text, &reader);
    return reader.take();
}

std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept {
    if (text.size() <= max_bytes) return text;
    auto end = max_bytes;
    // A byte 10xxxxxx continues a character that began before it.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
        --end;
    return text.substr(0, end);
}

}  // namespace tickcast
