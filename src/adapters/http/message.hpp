// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vcare::http {

struct HeaderField {
    std::string name;
    std::string value;
};

/// Fields in the order they came or shall go. Names are compared without regard to case.
class Headers {
  public:
    void add(std::string name, std::string value) {
        if (fields_.empty()) fields_.reserve(usual_fields);  // instead of growing four times
        fields_.push_back({std::move(name), std::move(value)});
    }
    /// The first field of this name.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] const std::vector<HeaderField>& fields() const { return fields_; }

  private:
    static constexpr std::size_t usual_fields = 8;
    std::vector<HeaderField> fields_;
};

[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b);

/// A request as it was sent, whole. `path` and `query` are as on the wire, still percent-encoded.
struct Request {
    std::string method;
    std::string path;
    std::string query;
    Headers headers;
    std::string body;
    bool keeps_alive = true;
    std::string remote_address;
};

class StreamOpening;

/// An answer. `lasting_body` is for bytes that outlive it (the embedded pages) and is used when `body` is
/// empty. With `stream` the head is sent without a length and the connection becomes a live stream.
struct Response {
    int status = 200;
    Headers headers = {};
    std::string body = {};
    std::string_view lasting_body = {};
    std::unique_ptr<StreamOpening> stream = {};
    /// Header lines that many answers share, as they go over the wire; outlive the answer.
    std::string_view shared_head = {};
    bool closes = false;  ///< the connection ends behind it
    /// The code of the refusal that this answer is; empty when it is none. Outlives the answer.
    std::string_view refusal = {};

    Response();
    Response(int status, std::string content_type, std::string body);
    Response(Response&&) noexcept;
    Response& operator=(Response&&) noexcept;
    ~Response();

    [[nodiscard]] std::string_view bytes() const { return body.empty() ? lasting_body : body; }
};

}  // namespace vcare::http
