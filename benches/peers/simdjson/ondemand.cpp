// How fast simdjson's On-Demand interface visits every declared value of Atlassian audit events.
//
// A yardstick for sawlog's parse stage: it validates what it visits and adds up lengths, and makes neither
// columns nor anything else of the values. The open JSON fields are taken as raw text, as sawlog keeps them.
//
// Usage: ondemand FILE ROUNDS, which prints the median of each way to hand over the documents as JSON.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

#include <simdjson.h>

using namespace simdjson;

// What values are declared as. The declarations are types, so that the compiler makes straight code of them.
template <size_t size> struct Key {
  char text[size];
  constexpr Key(const char (&from)[size]) { std::copy_n(from, size, text); }
  constexpr std::string_view view() const { return {text, size - 1}; }
};
struct Text {};
struct Raw {};
template <class Element> struct Array {};
template <Key key, class Type> struct Field {};
template <class... Fields> struct Object {};

using Links = Object<Field<"self", Text>, Field<"alt", Text>>;
using Entity =
    Object<Field<"id", Text>, Field<"type", Text>, Field<"attributes", Raw>, Field<"links", Links>>;
using Actor = Object<Field<"id", Text>, Field<"name", Text>, Field<"email", Text>, Field<"links", Links>>;
using Location = Object<Field<"ip", Text>, Field<"geo", Text>, Field<"countryName", Text>,
                        Field<"regionName", Text>, Field<"city", Text>>;
using Attributes = Object<Field<"time", Text>, Field<"action", Text>, Field<"actor", Actor>,
                          Field<"context", Array<Entity>>, Field<"container", Array<Entity>>,
                          Field<"location", Location>>;
using Message = Object<Field<"content", Text>, Field<"format", Text>>;
using Event = Object<Field<"id", Text>, Field<"type", Text>, Field<"attributes", Attributes>,
                     Field<"message", Message>, Field<"relations", Raw>, Field<"links", Links>>;

struct Sum {
  size_t events = 0;
  size_t bytes = 0;
};

template <class... Fields> void walk(ondemand::object object, Object<Fields...>, Sum &sum);

inline void visit(ondemand::value value, Text, Sum &sum) {
  std::string_view text;
  if (!value.get_string().get(text)) sum.bytes += text.size();
}

inline void visit(ondemand::value value, Raw, Sum &sum) {
  std::string_view text;
  if (!value.raw_json().get(text)) sum.bytes += text.size();
}

template <class... Fields> void visit(ondemand::value value, Object<Fields...> type, Sum &sum) {
  ondemand::object object;
  if (!value.get_object().get(object)) walk(object, type, sum);
}

template <class Element> void visit(ondemand::value value, Array<Element>, Sum &sum) {
  ondemand::array elements;
  if (value.get_array().get(elements)) return;
  for (auto element : elements) visit(element.value(), Element{}, sum);
}

template <Key key, class Type>
bool visit_if(std::string_view found, ondemand::value value, Field<key, Type>, Sum &sum) {
  if (found != key.view()) return false;
  visit(value, Type{}, sum);
  return true;
}

// The depth is that of the declarations, not of the input. What is not declared is skipped.
template <class... Fields> void walk(ondemand::object object, Object<Fields...>, Sum &sum) {
  for (auto field : object) {
    std::string_view key = field.escaped_key();
    ondemand::value value = field.value();
    (void)(visit_if(key, value, Fields{}, sum) || ...);
  }
}

static Sum in_batches(const padded_string &dump, size_t batch) {
  Sum sum;
  ondemand::parser parser;
  parser.threaded = false;
  ondemand::document_stream stream;
  if (parser.iterate_many(dump, batch).get(stream)) return sum;
  for (auto document : stream) {
    ondemand::object object;
    if (document.get_object().get(object)) continue;
    walk(object, Event{}, sum);
    sum.events++;
  }
  return sum;
}

static Sum by_line(const padded_string &dump) {
  Sum sum;
  ondemand::parser parser;
  const char *end = dump.data() + dump.size();
  for (const char *line = dump.data(); line < end;) {
    const void *found = memchr(line, '\n', end - line);
    const char *stop = found ? static_cast<const char *>(found) : end;
    auto document = parser.iterate(line, stop - line, end - line + SIMDJSON_PADDING);
    ondemand::object object;
    if (!document.get_object().get(object)) {
      walk(object, Event{}, sum);
      sum.events++;
    }
    line = stop + 1;
  }
  return sum;
}

int main(int count, char **words) {
  if (count != 3) {
    fprintf(stderr, "usage: ondemand FILE ROUNDS\n");
    return 2;
  }
  padded_string dump;
  if (padded_string::load(words[1]).get(dump)) {
    fprintf(stderr, "cannot read %s\n", words[1]);
    return 1;
  }
  const size_t rounds = std::max(1, atoi(words[2]));
  const std::vector<std::pair<const char *, std::function<Sum()>>> ways{
      {"batches of 256 KiB", [&] { return in_batches(dump, 256 << 10); }},
      {"batches of 1 MiB", [&] { return in_batches(dump, 1 << 20); }},
      {"line by line", [&] { return by_line(dump); }}};
  std::vector<std::vector<double>> seconds(ways.size());
  std::vector<Sum> sums(ways.size());
  for (size_t round = 0; round < rounds; round++) {
    for (size_t way = 0; way < ways.size(); way++) {
      const auto start = std::chrono::steady_clock::now();
      sums[way] = ways[way].second();
      seconds[way].push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
  }
  printf("{\"simdjson\":\"%s\",\"kernel\":\"%s\",\"bytes\":%zu,\"ways\":{",
         SIMDJSON_VERSION, get_active_implementation()->name().c_str(), dump.size());
  for (size_t way = 0; way < ways.size(); way++) {
    std::sort(seconds[way].begin(), seconds[way].end());
    printf("%s\"%s\":{\"mb_per_s\":%.1f,\"events\":%zu,\"visited\":%zu}", way ? "," : "", ways[way].first,
           dump.size() / 1e6 / seconds[way][rounds / 2], sums[way].events, sums[way].bytes);
  }
  printf("}}\n");
}
