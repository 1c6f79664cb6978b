// SQS: standard queues. A received message is hidden for the visibility timeout and comes back unless it is
// deleted; after maxReceiveCount receives it moves to the dead-letter queue. All of that in real time,
// because consumers work in it.
#include <openssl/evp.h>

#include <algorithm>

#include "core/arn.h"
#include "core/number.h"
#include "lab/queue.h"
#include "lab/world.h"

namespace doctor::lab {
namespace {

using core::Duration;
using std::chrono::seconds;

std::string md5_hex(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_md5(), nullptr);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4];
    hex += "0123456789abcdef"[digest[i] & 15];
  }
  return hex;
}

// "Calculating the MD5 message digest for message attributes" (SQS Developer Guide): clients check it.
std::string attributes_md5(const json& attributes) {
  std::string bytes;
  const auto put = [&](std::string_view text) {
    const auto size = static_cast<std::uint32_t>(text.size());
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>((size >> shift) & 255);
    bytes += text;
  };
  for (const auto& [name, value] : attributes.items()) {  // nlohmann's objects are sorted by name
    put(name);
    put(text_of(value, "DataType"));
    const bool binary = value.contains("BinaryValue");
    bytes += static_cast<char>(binary ? 2 : 1);
    if (!binary) {
      put(text_of(value, "StringValue"));
      continue;
    }
    const std::string encoded = text_of(value, "BinaryValue");
    std::string decoded(encoded.size(), '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                     reinterpret_cast<const unsigned char*>(encoded.data()),
                                     static_cast<int>(encoded.size()));
    const auto padding = static_cast<int>(std::count(encoded.begin(), encoded.end(), '='));
    decoded.resize(static_cast<std::size_t>(std::max(0, size - padding)));
    put(decoded);
  }
  return md5_hex(bytes);
}

ApiError no_queue() {
  return {"AWS.SimpleQueueService.NonExistentQueue",
          "The specified queue does not exist for this wsdl version.", 400};
}

Queue* queue_of(World& world, const CallContext& call, const json& input) {
  auto& queues = world.sqs[call.region].queues;
  const std::string url = text_of(input, "QueueUrl");
  const auto found = queues.find(url.substr(url.rfind('/') + 1));
  return found == queues.end() ? nullptr : &found->second;
}

std::string url_of(const World& world, const Queue& queue) {
  return world.base_url + queue.url_path;
}

long long number_of(const Queue& queue, const char* name, long long fallback) {
  const auto found = queue.attributes.find(name);
  return found == queue.attributes.end() ? fallback : core::whole_number(found->second).value_or(fallback);
}

Queue& make_queue(World& world, const std::string& region, const std::string& name) {
  auto& queue = world.sqs[region].queues[name];
  queue.name = name;
  queue.arn = world.arn("sqs", region, name);
  queue.url_path = "/" + world.account + "/" + name;
  queue.created = world.clock.now();
  queue.attributes = {{"VisibilityTimeout", "30"},
                      {"MaximumMessageSize", "262144"},
                      {"MessageRetentionPeriod", "345600"},
                      {"DelaySeconds", "0"},
                      {"ReceiveMessageWaitTimeSeconds", "0"},
                      {"SqsManagedSseEnabled", "true"}};
  return queue;
}

constexpr const char* kSettable[] = {"VisibilityTimeout",
                                     "MaximumMessageSize",
                                     "MessageRetentionPeriod",
                                     "DelaySeconds",
                                     "ReceiveMessageWaitTimeSeconds",
                                     "SqsManagedSseEnabled",
                                     "RedrivePolicy",
                                     "RedriveAllowPolicy",
                                     "Policy",
                                     "KmsMasterKeyId",
                                     "KmsDataKeyReusePeriodSeconds"};

Reply create_queue(World& world, const CallContext& call, const json& input) {
  const std::string name = text_of(input, "QueueName");
  const bool legal = !name.empty() && name.size() <= 80 &&
                     std::all_of(name.begin(), name.end(),
                                 [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; });
  if (!legal) {
    return api_error("InvalidParameterValue",
                     "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }
  const json& asked = member_of(input, "Attributes");
  for (const auto& [key, value] : asked.items()) {
    if (std::find(std::begin(kSettable), std::end(kSettable), key) == std::end(kSettable)) {
      return api_error("InvalidAttributeName", "Unknown Attribute " + key + ".");
    }
  }
  auto& queues = world.sqs[call.region].queues;
  const bool existed = queues.contains(name);
  Queue& queue = existed ? queues[name] : make_queue(world, call.region, name);
  for (const auto& [key, value] : asked.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (existed && queue.attributes[key] != text) {
      return api_error(
          "QueueAlreadyExists",
          "A queue already exists with the same name and a different value for attribute " + key);
    }
    queue.attributes[key] = text;
  }
  return json{{"QueueUrl", url_of(world, queue)}};
}

Reply get_queue_url(World& world, const CallContext& call, const json& input) {
  auto& queues = world.sqs[call.region].queues;
  const auto found = queues.find(text_of(input, "QueueName"));
  if (found == queues.end()) return tl::unexpected(no_queue());
  return json{{"QueueUrl", url_of(world, found->second)}};
}

Reply list_queues(World& world, const CallContext& call, const json& input) {
  json urls = json::array();
  for (const auto& [name, queue] : world.sqs[call.region].queues) {
    if (name.rfind(text_of(input, "QueueNamePrefix"), 0) == 0) urls.push_back(url_of(world, queue));
  }
  auto page = page_of(urls, input,
                      {.result_key = "QueueUrls",
                       .input_token = "NextToken",
                       .output_token = "NextToken",
                       .limit_key = "MaxResults",
                       .default_limit = 1000,
                       .most = 1000,
                       .bad_token = "InvalidParameterValue",
                       .bad_limit = "InvalidParameterValue"});
  if (page && (*page)["QueueUrls"].empty()) page->erase("QueueUrls");
  return page;
}

Reply get_queue_attributes(World& world, const CallContext& call, const json& input) {
  const Queue* queue = queue_of(world, call, input);
  if (queue == nullptr) return tl::unexpected(no_queue());
  std::map<std::string, std::string> all = queue->attributes;
  long long visible = 0, hidden = 0, delayed = 0;
  for (const auto& message : queue->messages) {
    (message.visible <= world.real_time ? visible : message.receives > 0 ? hidden : delayed) += 1;
  }
  all["QueueArn"] = queue->arn;
  all["ApproximateNumberOfMessages"] = std::to_string(visible);
  all["ApproximateNumberOfMessagesNotVisible"] = std::to_string(hidden);
  all["ApproximateNumberOfMessagesDelayed"] = std::to_string(delayed);
  for (const char* time : {"CreatedTimestamp", "LastModifiedTimestamp"}) {
    all[time] = std::to_string(queue->created.time_since_epoch() / seconds(1));
  }
  json attributes = json::object();
  for (const auto& name : strings_of(input, "AttributeNames")) {
    for (const auto& [key, value] : all) {
      if (name == "All" || name == key) attributes[key] = value;
    }
  }
  return attributes.empty() ? json::object() : json{{"Attributes", attributes}};
}

Reply send_message(World& world, const CallContext& call, const json& input) {
  Queue* queue = queue_of(world, call, input);
  if (queue == nullptr) return tl::unexpected(no_queue());
  const std::string body = text_of(input, "MessageBody");
  if (body.empty())
    return api_error("MissingParameter", "The request must contain the parameter MessageBody.");
  const auto most = number_of(*queue, "MaximumMessageSize", 262144);
  if (static_cast<long long>(body.size()) > most) {
    return api_error("InvalidParameterValue",
                     "One or more parameters are invalid. Reason: Message must be shorter than " +
                         std::to_string(most) + " bytes.");
  }
  json attributes = member_of(input, "MessageAttributes");
  if (!attributes.is_object()) attributes = json::object();
  const auto delay = seconds(integer_of(input, "DelaySeconds", number_of(*queue, "DelaySeconds", 0)));
  json answer{{"MessageId", enqueue(world, *queue, body, attributes, delay)},
              {"MD5OfMessageBody", md5_hex(body)}};
  if (!attributes.empty()) answer["MD5OfMessageAttributes"] = attributes_md5(attributes);
  return answer;
}

void drop_expired(Queue& queue, Duration now) {
  const auto oldest = now - seconds(number_of(queue, "MessageRetentionPeriod", 345600));
  while (!queue.messages.empty() && queue.messages.front().sent < oldest) queue.messages.pop_front();
}

// Moves a message that was received too often; true where it is gone from here.
bool moved_to_dead_letters(World& world, Queue& queue, const std::deque<Message>::iterator& message) {
  const auto policy = queue.attributes.find("RedrivePolicy");
  if (policy == queue.attributes.end()) return false;
  const json redrive = json::parse(policy->second, nullptr, false);
  const auto most = integer_of(redrive, "maxReceiveCount", 0);
  const auto arn = core::Arn::parse(text_of(redrive, "deadLetterTargetArn"));
  if (most <= 0 || message->receives < most || !arn) return false;
  const auto target = world.sqs[arn->region].queues.find(arn->resource);
  if (target == world.sqs[arn->region].queues.end() || &target->second == &queue) return false;
  Message moved = *message;
  moved.visible = Duration{0};
  target->second.messages.push_back(std::move(moved));
  return true;
}

bool wanted(const json& input, const char* list, const std::string& name) {
  const auto names = strings_of(input, list);
  return std::any_of(names.begin(), names.end(), [&](const std::string& one) {
    return one == "All" || one == ".*" || one == name ||
           (one.ends_with(".*") && name.rfind(one.substr(0, one.size() - 2), 0) == 0);
  });
}

json received(const World& world, const Message& message, const json& input) {
  json shown{{"MessageId", message.id},
             {"ReceiptHandle", message.receipt},
             {"MD5OfBody", md5_hex(message.body)},
             {"Body", message.body}};
  const std::pair<const char*, std::string> system[] = {
      {"SenderId", world.operator_arn},
      {"SentTimestamp", std::to_string(message.sent.count())},
      {"ApproximateReceiveCount", std::to_string(message.receives)},
      {"ApproximateFirstReceiveTimestamp", std::to_string(message.first_received.count())}};
  for (const auto& [name, value] : system) {
    if (wanted(input, "AttributeNames", name) || wanted(input, "MessageSystemAttributeNames", name))
      shown["Attributes"][name] = value;
  }
  json attributes = json::object();
  for (const auto& [name, value] : message.attributes.items()) {
    if (wanted(input, "MessageAttributeNames", name)) attributes[name] = value;
  }
  if (!attributes.empty()) {
    shown["MessageAttributes"] = attributes;
    shown["MD5OfMessageAttributes"] = attributes_md5(attributes);
  }
  return shown;
}

// Waiting for a message is the server's (it asks again); here what is visible now is answered.
Reply receive_message(World& world, const CallContext& call, const json& input) {
  Queue* queue = queue_of(world, call, input);
  if (queue == nullptr) return tl::unexpected(no_queue());
  const auto most = integer_of(input, "MaxNumberOfMessages", 1);
  if (most < 1 || most > 10) {
    return api_error(
        "InvalidParameterValue",
        "Value " + std::to_string(most) +
            " for parameter MaxNumberOfMessages is invalid. Reason: Must be between 1 and 10, if provided.");
  }
  const auto now = world.real_time;
  drop_expired(*queue, now);
  const auto hidden_for =
      seconds(integer_of(input, "VisibilityTimeout", number_of(*queue, "VisibilityTimeout", 30)));
  json messages = json::array();
  for (auto it = queue->messages.begin();
       it != queue->messages.end() && messages.size() < static_cast<std::size_t>(most);) {
    if (it->visible > now) {
      ++it;
      continue;
    }
    if (moved_to_dead_letters(world, *queue, it)) {
      it = queue->messages.erase(it);
      continue;
    }
    if (it->receives++ == 0) it->first_received = now;
    it->visible = now + hidden_for;
    it->receipt = "AQEB" + world.ids.hex(60) + it->id;
    messages.push_back(received(world, *it, input));
    ++it;
  }
  return messages.empty() ? json::object() : json{{"Messages", messages}};
}

// The receipt ends with the message's id: an older receipt of the same message still deletes it, as SQS's do.
Reply delete_message(World& world, const CallContext& call, const json& input) {
  Queue* queue = queue_of(world, call, input);
  if (queue == nullptr) return tl::unexpected(no_queue());
  const std::string receipt = text_of(input, "ReceiptHandle");
  if (receipt.rfind("AQEB", 0) != 0 || receipt.size() < 36) {
    return api_error("ReceiptHandleIsInvalid",
                     "The input receipt handle \"" + receipt + "\" is not a valid receipt handle.");
  }
  const std::string id = receipt.substr(receipt.size() - 36);
  std::erase_if(queue->messages, [&](const Message& message) { return message.id == id; });
  return json::object();
}

Reply change_visibility(World& world, const CallContext& call, const json& input) {
  Queue* queue = queue_of(world, call, input);
  if (queue == nullptr) return tl::unexpected(no_queue());
  const std::string receipt = text_of(input, "ReceiptHandle");
  for (auto& message : queue->messages) {
    if (message.receipt.empty() || message.receipt != receipt) continue;
    message.visible = world.real_time + seconds(integer_of(input, "VisibilityTimeout", 30));
    return json::object();
  }
  return api_error("MessageNotInflight", "The specified message isn't in flight.");
}

Reply purge_queue(World& world, const CallContext& call, const json& input) {
  Queue* queue = queue_of(world, call, input);
  if (queue == nullptr) return tl::unexpected(no_queue());
  queue->messages.clear();
  return json::object();
}

}  // namespace

std::string enqueue(World& world, Queue& queue, const std::string& body, const json& attributes,
                    Duration delay) {
  Message message;
  message.id = world.ids.uuid();
  message.body = body;
  message.attributes = attributes;
  message.sent = world.real_time;
  message.visible = world.real_time + delay;
  queue.messages.push_back(message);
  return message.id;
}

std::string add_queue(World& world, const std::string& region, const std::string& name) {
  return make_queue(world, region, name).arn;
}

void add_sqs_operations(Registry& registry) {
  registry.add("sqs", "CreateQueue", create_queue);
  registry.add("sqs", "GetQueueUrl", get_queue_url);
  registry.add("sqs", "ListQueues", list_queues);
  registry.add("sqs", "GetQueueAttributes", get_queue_attributes);
  registry.add("sqs", "SendMessage", send_message);
  registry.add("sqs", "ReceiveMessage", receive_message);
  registry.add("sqs", "DeleteMessage", delete_message);
  registry.add("sqs", "ChangeMessageVisibility", change_visibility);
  registry.add("sqs", "PurgeQueue", purge_queue);
}

}  // namespace doctor::lab
