// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Message.h"

#include <gtest/gtest.h>

#include "core/base/Either.h"
#include "core/base/Error.h"

namespace graft::base {
namespace {

TEST(MessageTest, GapsAreFilledInAnyOrderAndAsOftenAsTheyStand) {
    EXPECT_EQ(Message("{2} of {1}: {2}.", 7, "ants").english(), "ants of 7: ants.");
}

TEST(MessageTest, NamesToChooseFrom) {
    EXPECT_EQ(either({}).english(), "");
    EXPECT_EQ(either({"a"}).english(), "a");
    EXPECT_EQ(either({"a", "b"}).english(), "a or b");
    EXPECT_EQ(either({"a", "b", "c"}).english(), "a, b or c");
}

TEST(MessageTest, WhatIsNoGapStays) {
    EXPECT_EQ(Message("{} {0} {3} {x} {1", 5).english(), "{} {0} {3} {x} {1");
    EXPECT_EQ(Message("{{1}}", 5).english(), "{5}");
    EXPECT_EQ(Message("").english(), "");
}

TEST(MessageTest, WhatStandsInAGapIsNotLookedThroughForGaps) {
    EXPECT_EQ(Message("{1} and {2}", "{2}", "b").english(), "{2} and b");
}

TEST(MessageTest, NumbersHaveTheirShortestForm) {
    EXPECT_EQ(Message("{1} {2} {3} {4}", 0.1, 1e-5, 3.0, std::size_t{18446744073709551615U}).english(),
              "0.1 1e-05 3 18446744073709551615");
    EXPECT_EQ(Message("{1} {2}", 100000.0, 0.0001).english(), "100000 0.0001");
}

TEST(MessageTest, ASentenceWithinASentenceKeepsItsId) {
    const Message inner("{1} is missing.", "a.png");
    const Message outer("The run stopped: {1}", inner);
    EXPECT_EQ(outer.english(), "The run stopped: a.png is missing.");
    EXPECT_EQ(outer.id(), "The run stopped: {1}");
    ASSERT_EQ(outer.arguments().size(), 1U);
    ASSERT_EQ(outer.arguments()[0].message.size(), 1U);
    EXPECT_EQ(outer.arguments()[0].message[0].id(), "{1} is missing.");
}

TEST(MessageTest, WordsHaveNoId) {
    const Message words = Message::words("No space left on device");
    EXPECT_TRUE(words.id().empty());
    EXPECT_FALSE(words.empty());
    EXPECT_EQ(words.english(), "No space left on device");
    EXPECT_TRUE(Message::words("").empty());
    EXPECT_TRUE(Message().empty());
}

TEST(MessageTest, AnErrorsPathStandsBeforeItsSentence) {
    const Error error{ErrorCode::NotFound, Message("There is no {1}.", "run"), "/a/{1}"};
    EXPECT_EQ(error.sentence(), "/a/{1}: There is no run.");
    ASSERT_EQ(error.text().arguments().size(), 2U);
    EXPECT_EQ(error.text().arguments()[1].message.at(0).id(), "There is no {1}.");
    EXPECT_EQ((Error{ErrorCode::NotFound, Message("None."), ""}.text().id()), "None.");
}

}  // namespace
}  // namespace graft::base
