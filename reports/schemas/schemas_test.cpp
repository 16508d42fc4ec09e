#include "reports/schemas/schemas.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "reports/record/schema.h"

namespace reports::schemas {

TEST(Schemas, EachHasANameOfItsOwnAndIsFoundByIt) {
  std::set<std::string_view> names;
  for (const Published& schema : All()) {
    EXPECT_TRUE(names.insert(schema.name).second) << schema.name;
    ASSERT_NE(Find(schema.name), nullptr);
    EXPECT_EQ(Find(schema.name)->text, schema.text);
  }
  EXPECT_EQ(Find("nothing"), nullptr);
}

TEST(Schemas, ThatOfTheRecordIsTheOneThatItsFieldsMake) {
  ASSERT_NE(Find("record"), nullptr);
  EXPECT_EQ(std::string(Find("record")->text), record::SchemaText());
  ASSERT_NE(Find("load"), nullptr);
  EXPECT_EQ(std::string(Find("load")->text), record::LoadSchemaText());
}

}  // namespace reports::schemas
