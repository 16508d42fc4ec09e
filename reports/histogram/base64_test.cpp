#include "reports/histogram/base64.h"

#include <gtest/gtest.h>

#include <utility>

namespace reports::histogram {
namespace {

// RFC 4648, section 10.
TEST(Base64, TheVectorsOfItsSpecification) {
  for (const auto& [bytes, text] : {std::pair<std::string, std::string>{"", ""},
                                    {"f", "Zg=="},
                                    {"fo", "Zm8="},
                                    {"foo", "Zm9v"},
                                    {"foob", "Zm9vYg=="},
                                    {"fooba", "Zm9vYmE="},
                                    {"foobar", "Zm9vYmFy"}}) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
  }
}

TEST(Base64, EveryByteComesBack) {
  std::string bytes;
  for (int byte = 0; byte < 256; ++byte) {
    bytes += static_cast<char>(byte);
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)), bytes);
  }
}

TEST(Base64, OtherTextsAreNone) {
  for (const char* text :
       {"Zg", "Zg=", "Zg===", "====", "Z===", "Zm9 ", "Zm-v", "Zg==Zg==", "Zm9v\n"}) {
    EXPECT_FALSE(DecodeBase64(text)) << text;
  }
}

}  // namespace
}  // namespace reports::histogram
