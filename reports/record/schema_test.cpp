#include "reports/record/schema.h"

#include <gtest/gtest.h>

#include "reports/golden/golden.h"

namespace reports::record {

TEST(Schema, TheFilesBesideUsAreUpToDate) {
  golden::ExpectGolden(WSGILAB_REPORTS_FOLDER "/record/schema.json", SchemaText());
  golden::ExpectGolden(WSGILAB_REPORTS_FOLDER "/record/load.schema.json", LoadSchemaText());
}

}  // namespace reports::record
