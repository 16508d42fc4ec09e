#pragma once
// Ref: owns one strong reference to a Python object.
//
// A raw PyObject* in this house is always borrowed. Ref::Steal takes over a new reference,
// Ref::Share adds one, release() gives it to a function that steals. Debug builds count the Refs
// that hold something, so that tests can ask whether any was left when Python ended.
//
// Owns:    one reference, or nothing.
// Threads: the one that is attached to the interpreter that made the object.
// Python:  attached, for everything but moving and asking.

#include <atomic>
#include <utility>

#include "hosts/python/python.h"

namespace hosts::python {

class Ref {
 public:
  Ref() = default;
  [[nodiscard]] static Ref Steal(PyObject* object) { return Ref(object); }
  [[nodiscard]] static Ref Share(PyObject* object) { return Ref(Py_XNewRef(object)); }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Ref& operator=(Ref&& other) noexcept {
    if (this != &other) {
      reset();
      object_ = std::exchange(other.object_, nullptr);
    }
    return *this;
  }
  ~Ref() { reset(); }

  [[nodiscard]] PyObject* get() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  [[nodiscard]] Ref share() const { return Share(object_); }

  [[nodiscard]] PyObject* release() {
    Count(object_, -1);
    return std::exchange(object_, nullptr);
  }
  void reset() {
    if (object_ == nullptr) return;
    Count(object_, -1);
    Py_DECREF(std::exchange(object_, nullptr));
  }

  // How many Refs hold something; always 0 in a release build.
  [[nodiscard]] static long live() { return live_.load(std::memory_order_relaxed); }

 private:
  explicit Ref(PyObject* object) : object_(object) { Count(object, 1); }
  static void Count([[maybe_unused]] const PyObject* object, [[maybe_unused]] long change) {
#ifndef NDEBUG
    if (object != nullptr) live_.fetch_add(change, std::memory_order_relaxed);
#endif
  }

  PyObject* object_ = nullptr;
  static inline std::atomic<long> live_{0};
};

}  // namespace hosts::python
