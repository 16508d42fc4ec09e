#pragma once
// CapsuleOf: an object for functions of a module, which keeps what it shares with the engine alive; a module may
//            outlive whoever made it.
// InCapsule: what is in it. The type is the one that it was made with.
//
// Owns:    a share, until Python lets the capsule go.
// Threads: attached.
// Fails:   CapsuleOf throws PythonError.

#include <memory>
#include <utility>

#include "hosts/python/call.h"
#include "hosts/python/ref.h"

namespace hosts::python {

template <typename Shared>
[[nodiscard]] Ref CapsuleOf(std::shared_ptr<Shared> shared) {
  auto kept = std::make_unique<std::shared_ptr<Shared>>(std::move(shared));
  Ref capsule = Take(PyCapsule_New(kept.get(), nullptr, [](PyObject* self) {
    delete static_cast<std::shared_ptr<Shared>*>(PyCapsule_GetPointer(self, nullptr));
  }));
  (void)kept.release();  // the capsule's
  return capsule;
}

template <typename Shared>
[[nodiscard]] Shared& InCapsule(PyObject* capsule) {
  return **static_cast<std::shared_ptr<Shared>*>(PyCapsule_GetPointer(capsule, nullptr));
}

}  // namespace hosts::python
