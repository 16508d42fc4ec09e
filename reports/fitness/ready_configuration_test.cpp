#include "reports/fitness/ready_configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace reports::fitness {

namespace {

using testing::HasSubstr;
using testing::Not;

record::Subject Shop() {
  record::Subject subject;
  subject.app = "shop";
  subject.script = "/srv/my shop/shop/wsgi.py";
  subject.callable = "application";
  subject.project = "/srv/my shop";
  subject.venv = "/srv/venv";
  return subject;
}

TEST(ReadyConfigurations, APreloadedDaemonNamesBothGroupsOnTheAlias) {
  const auto all = ReadyConfigurations(Shop(), "daemon/main/preload");
  EXPECT_EQ(
      all[0].text,
      "# shop: daemon/main/preload, as wsgilab check ran it.\n"
      "WSGIDaemonProcess shop processes=1 threads=5 display-name=%{GROUP} python-home=/srv/venv "
      "python-path=\"/srv/my shop\" home=\"/srv/my shop\" lang=C.UTF-8 locale=C.UTF-8\n"
      "WSGIScriptAlias / \"/srv/my shop/shop/wsgi.py\" process-group=shop "
      "application-group=%{GLOBAL}\n"
      "<Directory \"/srv/my shop/shop\">\n"
      "  <Files wsgi.py>\n"
      "    Require all granted\n"
      "  </Files>\n"
      "</Directory>\n");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(
      all[1].text,
      "/srv/venv/bin/gunicorn --bind 127.0.0.1:8000 --workers 1 --threads 5 --chdir '/srv/my shop' "
      "shop.wsgi:application\n");
  EXPECT_THAT(all[2].text,
              HasSubstr("--wsgi-file '/srv/my shop/shop/wsgi.py' --callable application"));
}

TEST(ReadyConfigurations, LazilyItNamesTheApplicationGroupInTheDirectory) {
  const auto daemon = ReadyConfigurations(Shop(), "daemon/sub/lazy")[0].text;
  EXPECT_THAT(daemon, HasSubstr("process-group=shop\n"));
  EXPECT_THAT(daemon, HasSubstr("    WSGIApplicationGroup shop\n"));
  const auto embedded = ReadyConfigurations(Shop(), "embedded/main/lazy")[0].text;
  EXPECT_THAT(embedded, HasSubstr("WSGIPythonHome /srv/venv\nWSGIPythonPath \"/srv/my shop\"\n"));
  EXPECT_THAT(embedded, HasSubstr("wsgi.py\"\n<Directory"));
  EXPECT_THAT(embedded, Not(HasSubstr("WSGIDaemonProcess")));
}

TEST(ReadyConfigurations, OthersAreLeftOutWhereTheyCannot) {
  EXPECT_EQ(ReadyConfigurations(Shop(), "daemon/sub/preload").size(), 1U);  // sub-interpreters
  auto notes = Shop();
  notes.script = "/srv/my shop/notes.wsgi";  // no module that has a name
  EXPECT_EQ(ReadyConfigurations(notes, "daemon/main/preload").size(), 2U);
}

TEST(ReadyConfigurations, WhatCannotBeWrittenIsNot) {
  auto shop = Shop();
  shop.script = "/srv/a\nWSGIPythonHome /evil";
  EXPECT_THAT(ReadyConfigurations(shop, "daemon/main/preload")[0].text, Not(HasSubstr("evil")));
  EXPECT_EQ(WriteSite({Placed{.subject = &shop, .mode = "daemon/main/preload"}}), "");
}

TEST(WriteSite, HasAGroupOnceAndAVirtualHostForEachName) {
  auto one = Shop();
  one.source = "site.conf:3";
  one.virtual_host = "one.example";
  auto other = one;
  other.app = "other";
  other.virtual_host = "other.example";
  const auto text = WriteSite({Placed{&one, "daemon/main/preload", "both", ""},
                               Placed{&other, "daemon/sub/preload", "both", "o"}});
  EXPECT_EQ(text.find("WSGIDaemonProcess both"), text.rfind("WSGIDaemonProcess both"));
  EXPECT_THAT(text, HasSubstr("<VirtualHost *>\n  ServerName one.example\n  WSGIScriptAlias"));
  EXPECT_THAT(text, HasSubstr("application-group=o\n"));
}

}  // namespace

}  // namespace reports::fitness
