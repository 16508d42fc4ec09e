#include "hosts/deployment/variables.h"

#include <gtest/gtest.h>

#include "hosts/deployment/request_values.h"

namespace hosts::deployment {
namespace {

using Kind = VariableChange::Kind;

class NoMachine : public Surroundings {
 public:
  FileKind KindOf(const std::string& /*path*/) override { return FileKind::Missing; }
  std::optional<std::string> Variable(const std::string& /*name*/) override { return {}; }
};

Variables Made(const std::vector<VariableChange>& changes) {
  std::vector<const VariableChange*> all;
  for (const VariableChange& change : changes)
    all.push_back(&change);
  const VirtualHost host;
  const RequestAddress request;
  NoMachine machine;
  RequestValues values(host, request, machine);
  return VariablesOf(all, request, machine, values);
}

}  // namespace

TEST(Variables, KeepTheOrderInWhichTheyWereFirstSet) {
  const Variables expected = {{"a", "3"}, {"b", "2"}};
  EXPECT_EQ(Made({{.kind = Kind::Set, .name = "a", .value = "1"},
                  {.kind = Kind::Set, .name = "b", .value = "2"},
                  {.kind = Kind::Set, .name = "a", .value = "3"}}),
            expected);
}

TEST(Variables, OneThatWasUnsetAndSetAgainIsTheLast) {
  const Variables expected = {{"b", "2"}, {"a", "3"}};
  EXPECT_EQ(Made({{.kind = Kind::Set, .name = "a", .value = "1"},
                  {.kind = Kind::Set, .name = "b", .value = "2"},
                  {.kind = Kind::Unset, .name = "a"},
                  {.kind = Kind::Unset, .name = "c"},
                  {.kind = Kind::Set, .name = "a", .value = "3"}}),
            expected);
}

}  // namespace hosts::deployment
