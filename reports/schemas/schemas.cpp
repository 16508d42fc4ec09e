#include "reports/schemas/schemas.h"

#include <algorithm>

namespace reports::schemas {

const Published* Find(std::string_view name) {
  const auto all = All();
  const auto found = std::ranges::find(all, name, &Published::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace reports::schemas
