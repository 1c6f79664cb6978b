// XML answers of the query and ec2 protocols.
#include <cmath>

#include "core/xml_text.h"
#include "lab/protocol.h"

namespace doctor::lab {
namespace {

using aws::Shape;

void escape(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (const std::string_view reference = core::markup_reference(c); !reference.empty()) {
      out += reference;
    } else if (c == '\r') {
      out += "&#xD;";
    } else if (c == '\n') {
      out += "&#xA;";
    } else if (c == '\t') {
      out += "&#x9;";
    } else if (static_cast<unsigned char>(c) >= 0x20) {  // XML 1.0 cannot say the others
      out += c;
    }
  }
}

std::string url_encoded(std::string_view text) {
  std::string out;
  for (const unsigned char c : text) {
    if (std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == '~') {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += "0123456789ABCDEF"[c >> 4];
      out += "0123456789ABCDEF"[c & 15];
    }
  }
  return out;
}

std::string iso(double seconds) {
  const std::string text = core::to_iso(core::timestamp_of_epoch(seconds));
  return text.find('.') == std::string::npos ? text.substr(0, text.size() - 1) + ".000Z" : text;
}

std::string text_for(const json& value, const Shape* shape) {
  const auto kind = shape == nullptr ? Shape::Kind::text : shape->kind;
  if (kind == Shape::Kind::time && value.is_number()) return iso(value.get<double>());
  if (kind == Shape::Kind::policy)
    return url_encoded(value.is_string() ? value.get<std::string>() : value.dump());
  if (value.is_string()) return value.get<std::string>();
  if (kind == Shape::Kind::integer && value.is_number_float())
    return std::to_string(std::llround(value.get<double>()));
  return value.dump();
}

class Writer {
 public:
  explicit Writer(bool ec2) : ec2_(ec2) {}

  void members(const json& value, const Shape* shape) {
    for (const auto& [name, member] : value.items()) {
      const aws::Member* known = shape == nullptr ? nullptr : shape->member(name);
      element(known == nullptr ? wire_name(name) : std::string(known->wire), member,
              known == nullptr ? nullptr : known->shape.get());
    }
  }
  std::string take() { return std::move(out_); }

 private:
  std::string wire_name(std::string name) const {
    if (ec2_ && !name.empty()) name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
    return name;
  }
  void element(const std::string& name, const json& value, const Shape* shape) {
    if (value.is_null()) return;
    if (value.is_array()) {
      const Shape* item = shape == nullptr ? nullptr : shape->item.get();
      if (shape != nullptr && shape->flattened) {
        for (const auto& one : value) element(name, one, item);
        return;
      }
      const std::string item_name = shape == nullptr || shape->item_name.empty()
                                        ? (ec2_ ? "item" : "member")
                                        : std::string(shape->item_name);
      open(name);
      for (const auto& one : value) element(item_name, one, item);
      close(name);
    } else if (value.is_object() && shape != nullptr && shape->kind == Shape::Kind::map) {
      if (!shape->flattened) open(name);
      for (const auto& [key, one] : value.items()) {
        const std::string entry = shape->flattened ? name : "entry";
        open(entry);
        element(std::string(shape->key_name), key, nullptr);
        element(std::string(shape->value_name), one, shape->item.get());
        close(entry);
      }
      if (!shape->flattened) close(name);
    } else if (value.is_object() && (shape == nullptr || shape->kind == Shape::Kind::structure)) {
      open(name);
      members(value, shape);
      close(name);
    } else {
      open(name);
      escape(out_, text_for(value, shape));
      close(name);
    }
  }
  void open(const std::string& name) { out_ += "<" + name + ">"; }
  void close(const std::string& name) { out_ += "</" + name + ">"; }

  bool ec2_;
  std::string out_;
};

std::string name_space(const Request& request) {
  const std::string_view service = request.service->name;
  const std::string version(request.service->api_version);
  if (service == "iam" || service == "sts")
    return "https://" + std::string(service) + ".amazonaws.com/doc/" + version + "/";
  if (service == "sqs") return "http://queue.amazonaws.com/doc/" + version + "/";
  return "http://" + std::string(request.service->endpoint_prefix) + ".amazonaws.com/doc/" + version + "/";
}

HttpAnswer xml_answer(const Request& request, const json& answer, const std::string& request_id) {
  const auto* operation = aws::find_operation(request.service->name, request.operation);
  const Shape* shape = operation == nullptr ? nullptr : aws::output_shape(*operation);
  const bool ec2 = request.protocol == aws::Protocol::ec2;
  const std::string content = xml_of(answer, shape, ec2), root = request.operation + "Response";
  std::string body =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + root + " xmlns=\"" + name_space(request) + "\">";
  if (ec2) {
    body += "<requestId>" + request_id + "</requestId>" + content;
  } else {
    const std::string result = request.operation + "Result";
    // Elastic Load Balancing has a result element even where there is nothing to say.
    if (!content.empty() || request.service->name == "elbv2" ||
        (shape != nullptr && !shape->members.empty())) {
      body += "<" + result + ">" + content + "</" + result + ">";
    }
    body += "<ResponseMetadata><RequestId>" + request_id + "</RequestId></ResponseMetadata>";
  }
  return {200, ec2 ? "text/xml;charset=UTF-8" : "text/xml", body + "</" + root + ">\n"};
}

// SQS names the same errors otherwise in each of its protocols.
std::string json_code(std::string_view service, const std::string& code) {
  if (service != "sqs") return code;
  if (code == "AWS.SimpleQueueService.NonExistentQueue") return "com.amazonaws.sqs#QueueDoesNotExist";
  return "com.amazonaws.sqs#" + code;
}

}  // namespace

std::string xml_of(const json& value, const Shape* shape, bool ec2) {
  Writer writer(ec2);
  writer.members(value, shape);
  return writer.take();
}

HttpAnswer write_answer(const Request& request, const json& answer, const std::string& request_id) {
  if (request.protocol == aws::Protocol::query || request.protocol == aws::Protocol::ec2) {
    return xml_answer(request, answer, request_id);
  }
  if (request.protocol == aws::Protocol::rest_xml)  // an object's bytes
    return {200, "binary/octet-stream", text_of(answer, "Body")};
  const bool old = request.protocol == aws::Protocol::json_1_0;
  const char* type = request.protocol == aws::Protocol::rest_json ? "application/json"
                     : old                                        ? "application/x-amz-json-1.0"
                                                                  : "application/x-amz-json-1.1";
  return {200, type, answer.dump(-1, ' ', false, json::error_handler_t::replace)};
}

HttpAnswer write_error(aws::Protocol protocol, std::string_view service, const ApiError& error,
                       const std::string& request_id) {
  std::string code, message;
  escape(code, error.code);
  escape(message, error.message);
  if (protocol == aws::Protocol::ec2) {
    return {error.status, "text/xml;charset=UTF-8",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>" + code +
                "</Code><Message>" + message + "</Message></Error></Errors><RequestID>" + request_id +
                "</RequestID></Response>"};
  }
  if (protocol == aws::Protocol::query) {
    const auto* model = aws::find_service(service);
    const std::string space =
        model == nullptr ? "" : " xmlns=\"" + name_space({model, {}, protocol, {}}) + "\"";
    return {error.status, "text/xml",
            "<ErrorResponse" + space + "><Error><Type>" + (error.status >= 500 ? "Receiver" : "Sender") +
                "</Type><Code>" + code + "</Code><Message>" + message + "</Message></Error><RequestId>" +
                request_id + "</RequestId></ErrorResponse>\n"};
  }
  if (protocol == aws::Protocol::rest_xml) {
    return {error.status, "application/xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>" + code + "</Code><Message>" +
                message + "</Message><RequestId>" + request_id + "</RequestId></Error>"};
  }
  json body{{"__type", json_code(service, error.code)}};
  if (!error.message.empty()) body["message"] = error.message;
  return {error.status,
          protocol == aws::Protocol::json_1_0 ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1",
          body.dump(-1, ' ', false, json::error_handler_t::replace)};
}

}  // namespace doctor::lab
