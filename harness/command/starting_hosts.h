#pragma once
// What a command does before it starts its first host: from then on it can be interrupted, orphans of its hosts come home
// to it, and a keeper cleans up if it is killed.
//
// Fails:   System, when the keeper cannot be started.

#include "harness/launch/keeper.h"
#include "hosts/base/result.h"

namespace harness::command {

// Keep what it returns until the last host has ended.
[[nodiscard]] hosts::base::Result<launch::Keeper> PrepareToStartHosts();

}  // namespace harness::command
