// SPDX-License-Identifier: GPL-3.0-or-later
// The images of a run that is going on: where they lie, what they hold, what of it the run or its weights
// have learnt, and what is lost or replaced on the way.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"
#include "core/training/detail/DataPlace.h"
#include "core/training/detail/ImageLoss.h"
#include "core/training/detail/TrainedOn.h"

namespace graft::training {

// What a person does about images that are gone.
inline constexpr const char* kPutBack = GRAFT_TEXT(
    "The run has stopped and nothing that it learnt is lost: put them back and continue it. If their folder "
    "has moved, choose it on the Data page first, or give it to graft-cli resume with --data FOLDER.");

class RunImages {
  public:
    // The log gets every line; a person those that he can do something about.
    struct Listeners {
        std::function<void(const std::string& line)> log;
        std::function<void(const Message& notice)> person;
    };

    explicit RunImages(const data::DatasetIndex& dataset) : m_dataset(dataset) {}

    // Looks at every file. known: what `resume --data` has found already. goesOn: the run was begun before.
    // Errors: Unreadable (more are gone or changed than a run may lose), BadFormat (no image to train or to
    // validate on), Cancelled.
    Result<void> look(const std::optional<DataState>& known, bool goesOn, runtime::RunControl& control);

    const data::DatasetIndex& dataset() const { return m_dataset; }
    // As the run keeps it: an image that could not be read when it was looked for is what it was before.
    data::DatasetIndex list() const;
    // Of the data set's samples, in its order.
    const std::vector<std::size_t>& training() const { return m_training; }
    const std::vector<std::size_t>& validation() const { return m_validation; }

    // Counts what is lost of the training images, each by its sample's number.
    ImageLoss trainingLoss() const;

    // What of the validation images is no news to the model: what the weights had learnt that the run begins
    // from. What the run itself learns of them is known from the start.
    void noteLearntBefore(const Learnt& before);
    bool isLearnt(const std::string& path) const { return m_learnt.contains(path); }

    // From here on somebody hears; first of all what look() and noteLearntBefore() have found.
    void tell(Listeners listeners);

    // An image that can no longer be read. split: Train or Validation.
    void noteLost(ImageLoss& loss, std::size_t image, const std::string& path, const Error& why,
                  data::Split split, int epoch);
    // sha256: of what was read in the sample's place. Each is told once. What is trained on it is learnt.
    void noteReplaced(std::size_t sample, const std::string& sha256, data::Split split);

    // list() has to be written before the next model: the run has learnt what it does not name.
    bool isListChanged() const { return m_listChanged; }
    void listIsWritten() { m_listChanged = false; }

  private:
    Result<std::vector<std::string>> checkContent(bool goesOn, runtime::RunControl& control);
    void noteLearntByRun();

    data::DatasetIndex m_dataset;
    DataState m_state;  // of images that are not what m_dataset was made from
    std::vector<std::size_t> m_training;
    std::vector<std::size_t> m_validation;
    std::map<std::size_t, std::string> m_unreadable;  // samples that could not be read, and their hashes
    std::set<std::string> m_learnt;                   // validation images by path, as in the data set
    std::set<std::string> m_replaced;                 // by path, since the run goes on
    std::vector<Message> m_notices;                   // until somebody hears
    Listeners m_listeners;
    bool m_listChanged = false;
};

}  // namespace graft::training
