#pragma once
// RequestValues: what the expressions of a configuration (hosts/expressions) ask about a request,
//                answered from its address, the virtual host and the machine.
//
// It notes what it was asked that a URL alone does not say, so that `explain` can tell on what a
// condition depends.
//
// Threads: one at a time.
// Source:  CFG-51.

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hosts/deployment/routing.h"
#include "hosts/deployment/variables.h"
#include "hosts/expressions/values.h"

namespace hosts::deployment {

class RequestValues final : public expressions::Values {
 public:
  // What it names must outlive it.
  RequestValues(const VirtualHost& virtual_host,
                const RequestAddress& address,
                Surroundings& surroundings)
      : host_(virtual_host), address_(address), surroundings_(surroundings) {}

  // Where the URL leads to: the file, and what of the path lies behind it.
  void SetMapping(std::string_view path, std::string_view filename, std::string_view path_info);
  // The variables that the request carries by then.
  void SetVariables(Variables variables);
  // The same; made when somebody asks for one.
  void SetVariables(std::function<Variables()> make);
  // Those that were set after these.
  void AddVariables(Variables variables) { later_variables_ = std::move(variables); }

  // Nobody has begun to answer where most conditions are judged: it is 200 then.
  void SetStatus(int status) { status_ = status; }

  // "the header X-Test", "the method", "the URL": what was asked since the last time.
  [[nodiscard]] std::set<std::string> TakeAsked();

  [[nodiscard]] std::string Of(expressions::Variable variable) override;
  [[nodiscard]] std::optional<std::string> Header(std::string_view name) override;
  [[nodiscard]] std::optional<std::string> RequestVariable(const std::string& name) override;
  [[nodiscard]] std::optional<std::string> ServerVariable(const std::string& name) override;
  [[nodiscard]] expressions::FileState StateOf(const std::string& path) override;
  [[nodiscard]] std::optional<std::string> Contents(const std::string& path) override;
  [[nodiscard]] std::tm Now() override;

 private:
  [[nodiscard]] std::string ServerName() const;
  [[nodiscard]] int ServerPort() const;
  [[nodiscard]] std::string ClientAddress();
  [[nodiscard]] std::vector<std::string_view> AllOfHeader(std::string_view name) const;

  const VirtualHost& host_;
  const RequestAddress& address_;
  Surroundings& surroundings_;
  Variables variables_;
  std::function<Variables()> make_variables_;  // null: they are made
  Variables later_variables_;
  std::string path_;
  std::string filename_;
  std::string path_info_;
  int status_ = 200;
  std::set<std::string> asked_;
};

}  // namespace hosts::deployment
