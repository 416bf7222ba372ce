// SPDX-License-Identifier: GPL-3.0-or-later
// What a folder of pictures holds, and that nothing in it vanishes.
#include "core/data/ImageListing.h"

#include <algorithm>

#include "core/data/ImageDecoder.h"
#include "core/runtime/RunControl.h"
#include "tests/support/MessyFolder.h"

namespace graft::test {

namespace {

using data::FileContent;
using data::ImageListing;
using data::PassedOver;
using data::PassedOverReason;

const PassedOver* find(const ImageListing& listing, const std::string& path) {
    const auto found = std::ranges::find(listing.passedOver, path, &PassedOver::path);
    return found == listing.passedOver.end() ? nullptr : &*found;
}

std::size_t filesOf(const ImageListing& listing) {
    std::size_t files = listing.images.size();
    for (const PassedOver& entry : listing.passedOver)
        files += entry.files;
    return files;
}

}  // namespace

TEST(ImageListingTest, EveryThingIsListedOrNamedWithItsReason) {
    const TemporaryFolder folder;
    std::vector<std::string> pictures;
    for (const std::string sub : {"", "/one", "/one/two"}) {
        for (const auto& name : addPictures(folder.path() + sub, 100 * sub.size()))
            pictures.push_back(folder.path() + sub + "/" + name);
    }
    const auto files = addForeignFiles(folder.path("one"));
    const auto folders = addForeignFolders(folder.path("one"));

    const ImageListing listing = data::listImages(folder.path() + "/");
    std::ranges::sort(pictures);
    EXPECT_EQ(listing.images, pictures);
    for (const auto& [name, word] : files) {
        const PassedOver* entry = find(listing, folder.path("one/" + name));
        ASSERT_TRUE(entry) << name;
        EXPECT_NE(entry->message.english().find(word), std::string::npos)
            << name << ": " << entry->message.english();
        EXPECT_TRUE(entry->message.english().ends_with(".")) << entry->message.english();
        EXPECT_EQ(entry->files, 1U) << name;
    }
    for (const auto& [name, count] : folders) {
        const PassedOver* entry = find(listing, folder.path("one/" + name));
        ASSERT_TRUE(entry) << name;
        EXPECT_EQ(entry->files, count) << name;
        EXPECT_EQ(entry->reason == PassedOverReason::HiddenFolder, name == ".private") << name;
    }
    EXPECT_EQ(listing.passedOver.size(), files.size() + folders.size());
    EXPECT_EQ(filesOf(listing), countEverything(folder.path()));
    for (const std::string& image : listing.images) {
        EXPECT_EQ(data::lookAtFile(image).content, FileContent::Image) << image;
        EXPECT_TRUE(data::decodeImage(image)) << image;
    }
}

TEST(ImageListingTest, LinksAreFollowedButNeverInACircle) {
    const TemporaryFolder folder;
    writeBmp(folder.path("elsewhere/a.bmp"), 1);
    writeBmp(folder.path("photos/sub/b.bmp"), 2);
    fs::create_symlink("../elsewhere", folder.path("photos/linked"));
    fs::create_symlink("../elsewhere/a.bmp", folder.path("photos/c.bmp"));
    fs::create_symlink("..", folder.path("photos/sub/parent"));
    fs::create_symlink(folder.path(), folder.path("photos/above"));
    fs::create_symlink("/", folder.path("photos/root"));
    const ImageListing listing = data::listImages(folder.path("photos"));
    EXPECT_EQ(listing.images, (std::vector{folder.path("photos/c.bmp"), folder.path("photos/linked/a.bmp"),
                                           folder.path("photos/sub/b.bmp")}));
    ASSERT_EQ(listing.passedOver.size(), 3U);
    for (const PassedOver& entry : listing.passedOver)
        EXPECT_EQ(entry.reason, PassedOverReason::LinkLoop) << entry.path;
    EXPECT_EQ(listing.folders, (std::vector{folder.path("photos/linked"), folder.path("photos/sub")}));
}

// 12 folders, each with links to all others: their ways through would be some 12!.
TEST(ImageListingTest, AMeshOfLinksComesToAnEnd) {
    const TemporaryFolder folder;
    const auto name = [](int i) { return "f" + std::to_string(i); };
    for (int i = 0; i < 12; ++i) {
        writeBmp(folder.path(name(i) + "/a.bmp"), i);
        for (int k = 0; k < 12; ++k)
            if (k != i) fs::create_symlink("../" + name(k), folder.path(name(i) + "/to" + name(k)));
    }
    const ImageListing listing = data::listImages(folder.path());
    EXPECT_GE(listing.images.size(), 12U);
    EXPECT_LE(listing.images.size(), 12U * 8);
    EXPECT_TRUE(std::ranges::any_of(listing.passedOver, [](const PassedOver& entry) {
        return entry.message.english().find("again and again") != std::string::npos;
    }));
}

TEST(ImageListingTest, WhatIsAlikeIsSaidOnce) {
    const TemporaryFolder folder;
    for (int i = 0; i < 7; ++i) {
        writeBmp(folder.path("album" + std::to_string(i) + "/@eaDir/x.bmp"), 1);
        writeBmp(folder.path("album" + std::to_string(i) + "/@eaDir/y.bmp"), 1);
    }
    writeText(folder.path("a.txt"), "text");
    writeText(folder.path("b.txt"), "text");
    const auto groups = data::groupPassedOver(data::listImages(folder.path()).passedOver);
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].firstPath, folder.path("a.txt"));
    EXPECT_EQ(groups[0].files, 2U);
    EXPECT_EQ(groups[1].entries, 7U);
    EXPECT_EQ(groups[1].files, 14U);
    EXPECT_NE(groups[1].message.english().find("network storage"), std::string::npos)
        << groups[1].message.english();
}

TEST(ImageListingTest, FilesAndNothingAtAll) {
    const TemporaryFolder folder;
    writeBmp(folder.path("a.bmp"), 1);
    EXPECT_TRUE(data::listImages(folder.path("a.bmp")).images.empty());
    EXPECT_TRUE(data::listImages(folder.path("missing")).images.empty());
    EXPECT_NE(data::lookAtFile(folder.path("missing")).message.english().find("no such file"),
              std::string::npos);
    EXPECT_EQ(data::lookAtFile(folder.path()).content, FileContent::NoPicture);
    // A class may bear the name of a system's folder of another case, and a folder may be given by its name.
    writeBmp(folder.path("recycler/a.bmp"), 1);
    EXPECT_EQ(data::listImages(folder.path("recycler")).images.size(), 1U);
    EXPECT_EQ(data::listImages(folder.path()).images.size(), 2U);
}

TEST(ImageListingTest, AStopEndsTheListing) {
    const TemporaryFolder folder;
    writeBmp(folder.path("a.bmp"), 1);
    runtime::RunControl control;
    control.stop();
    EXPECT_TRUE(data::listImages(folder.path(), &control).images.empty());
}

TEST(ImageListingTest, UnreadableFoldersAreNamed) {
    if (geteuid() == 0) GTEST_SKIP() << "root may read everything";
    const TemporaryFolder folder;
    writeBmp(folder.path("closed/a.bmp"), 1);
    fs::permissions(folder.path("closed"), fs::perms::none);
    const ImageListing listing = data::listImages(folder.path());
    ASSERT_EQ(listing.passedOver.size(), 1U);
    EXPECT_EQ(listing.passedOver[0].reason, PassedOverReason::UnreadableFolder);
    EXPECT_NE(listing.passedOver[0].message.english().find("access rights"), std::string::npos);
    fs::permissions(folder.path("closed"), fs::perms::all);
}

}  // namespace graft::test
