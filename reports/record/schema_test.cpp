#include "reports/record/schema.h"

#include <gtest/gtest.h>

#include "reports/golden/golden.h"

namespace reports::record {

TEST(Schema, TheFileBesideUsIsUpToDate) {
  golden::ExpectGolden(WSGILAB_REPORTS_FOLDER "/record/schema.json", SchemaText());
}

}  // namespace reports::record
