#include "harness/command/starting_hosts.h"

#include "harness/command/interruption.h"
#include "harness/command/places.h"
#include "harness/launch/descendants.h"

namespace harness::command {

hosts::base::Result<launch::Keeper> PrepareToStartHosts() {
  ListenForInterruption();
  launch::BecomeSubreaper();
  return launch::Keeper::Start(FindPlaces().program);
}

}  // namespace harness::command
