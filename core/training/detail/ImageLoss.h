// SPDX-License-Identifier: GPL-3.0-or-later
// Counts the images that a run had at its start and that are not there any more, and says when it are too
// many to go on: a figure over what is left would look like one over all of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"

namespace graft::training {

class ImageLoss {
  public:
    static constexpr int kNoPart = -1;
    // labels: the class of each image, by the image's number from 0; kNoPart: it is none of them.
    explicit ImageLoss(std::vector<int> labels);

    // It is one of them, and was not added.
    bool isThere(std::size_t image) const { return image < m_labels.size() && m_labels[image] != kNoPart; }
    void add(std::size_t image, const std::string& path, const Message& why = {});  // counts once
    std::size_t count() const { return m_count; }
    std::size_t total() const { return m_total; }

    // More than 5 and more than 1 % of them, more than a quarter, or a whole class.
    bool isTooMuch() const;

    // split: Train or Validation. "3 of 40 validation images WHAT, the first is PATH (why)."
    Message sentence(data::Split split, const Message& what) const;

  private:
    std::vector<int> m_labels;  // of those that are there
    std::size_t m_total = 0;
    std::vector<std::size_t> m_left;  // by class
    bool m_lostClass = false;
    std::size_t m_count = 0;
    std::string m_first;
    Message m_why;  // of the first
};

// Errors (always): Unreadable; remedy is a sentence.
tl::unexpected<Error> lostTooMuch(const ImageLoss& loss, data::Split split, const std::string& root,
                                  const Message& remedy,
                                  const Message& what = GRAFT_TEXT("can no longer be read"));

}  // namespace graft::training
