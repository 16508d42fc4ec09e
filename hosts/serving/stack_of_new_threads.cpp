#include "hosts/serving/stack_of_new_threads.h"

#include "hosts/base/log.h"

namespace hosts::serving {

StackOfNewThreads::StackOfNewThreads(std::size_t bytes) {
  if (bytes == 0) return;
  ::pthread_getattr_default_np(&before_);
  pthread_attr_t changed;
  ::pthread_getattr_default_np(&changed);
  is_changed_ = ::pthread_attr_setstacksize(&changed, bytes) == 0 &&
                ::pthread_setattr_default_np(&changed) == 0;
  ::pthread_attr_destroy(&changed);
  if (is_changed_) return;
  ::pthread_attr_destroy(&before_);
  base::Log(base::LogLevel::Warning,
            "H0152",
            "threads cannot have a stack of {} bytes; they have the usual one",
            bytes);
}

StackOfNewThreads::~StackOfNewThreads() {
  if (!is_changed_) return;
  ::pthread_setattr_default_np(&before_);
  ::pthread_attr_destroy(&before_);
}

}  // namespace hosts::serving
