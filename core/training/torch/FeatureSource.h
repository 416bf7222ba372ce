// SPDX-License-Identifier: GPL-3.0-or-later
// Batches of features in the place of batches of images: read from the cache where they are there, otherwise
// computed by the frozen prefix and added to it.
#pragma once

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "core/backbones/torch/FrozenPrefix.h"
#include "core/backbones/torch/Network.h"
#include "core/data/DatasetIndex.h"
#include "core/data/torch/BatchLoader.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/FeatureKeys.h"
#include "core/training/detail/FeatureStore.h"

namespace graft::training {

// One image as it shall be seen; the same key always means the same features. load.sha256 is what the key was
// made from: an image that is another by the time it is read is used, and not kept.
struct FeatureJob {
    data::LoadJob load;
    RowKey key{};
    std::size_t sample = 0;  // of the data set, for training images
    // In float32, as the finished model sees the image: for what figures rest on.
    bool exact = false;
};

class FeatureSource {
  public:
    // For the network's frozen prefix. rows: which the run will ask for. Empty if there is nothing frozen to
    // cache, the cache is switched off, or an augmentation gives other pixels every time. Features that
    // cannot be kept on the disk are computed in every epoch, the same numbers: what is free there decides
    // nothing but the time. The network's weights are in place, and it is on the device. Where frozenType()
    // is not float32, the features of the examples are computed both ways, and float32 is kept if the cosine
    // of a pair is below kLowestCosine. decided: what the phase began with; then the examples decide nothing.
    static std::unique_ptr<FeatureSource> create(const backbones::Network& network,
                                                 const settings::TrainConfig& config, c10::Device device,
                                                 const std::set<RowKey>& rows,
                                                 std::vector<data::LoadJob> examples,
                                                 const std::optional<FeatureDecision>& decided);
    // For all units of a network that is compared: a row is meansBehind() these numbers of them. Also without
    // room on the disk.
    static std::unique_ptr<FeatureSource> ofMeans(const backbones::Network& network,
                                                  const settings::TrainConfig& config, c10::Device device,
                                                  const std::vector<std::size_t>& behind,
                                                  const std::set<RowKey>& rows,
                                                  std::vector<data::LoadJob> examples);
    static constexpr double kLowestCosine = 0.999;

    bool keeps() const { return m_keeps; }  // the cache takes what is computed
    const char* typeName() const;           // that the prefix calculates in: "float32", "bfloat16", "float16"

    std::size_t units() const { return m_units; }  // of the network that the features stand for
    // What the cache can do for this run, as a sentence.
    const Message& message() const { return m_message; }
    std::uint64_t bytes() const;
    std::size_t present(const std::set<RowKey>& rows) const;  // that are in the cache

    // Begins a pass over jobs. Batches as BatchLoader's; `images` holds the features.
    void begin(std::vector<FeatureJob> jobs, const data::LoaderOptions& options);
    // Empty at the end, and once there is an error().
    std::optional<data::Batch> next();
    // Features that are not finite are neither used nor kept: which unit gave them for which image.
    const std::optional<Error>& error() const { return m_error; }
    // Why the cache takes no more rows (a full disk), or empty. The training goes on without.
    const Message& failure() const { return m_failure; }

  private:
    // A batch that is being put together.
    struct Rows {
        std::size_t firstJob = 0;
        std::vector<bool> present;
        at::Tensor values;  // float32, in the order of the file
        std::vector<data::Unreadable> unreadable;
        std::vector<data::Replaced> replaced;
    };

    FeatureSource(const backbones::Network& network, const settings::TrainConfig& config, c10::Device device);
    // What a row is of: on the device, from images there.
    at::Tensor exactFeatures(const at::Tensor& images) const;
    std::unique_ptr<backbones::FrozenPrefix> makePrefix(c10::ScalarType type) const;
    // Where nothing was decided before: the number type, and the file.
    void choose(const std::set<RowKey>& rows, std::vector<data::LoadJob> examples, Message& why);
    void tell(const std::set<RowKey>& rows, const Message& why);  // into m_message
    // Finds m_shape; why not is put into `why`.
    bool fitsBudget(std::size_t rows, Message& why);
    // Without a file m_store stays empty and `why` says so.
    void openStore(c10::ScalarType type, const std::set<RowKey>& rows, Message& why);
    bool has(const RowKey& key) const { return m_store && m_store->contains(key); }

    // The prefix in m_type gives the examples' features as float32 does; m_precision says how nearly.
    bool agreesWithFloat32(std::vector<data::LoadJob> examples);
    std::size_t rowBytes() const;                   // of m_shape
    at::Tensor emptyRows(std::size_t count) const;  // as they are in the file
    backbones::FrozenPrefix& prefixIn(c10::ScalarType type);
    // To features, on the CPU. exact: row by row, whether in float32.
    at::Tensor runPrefix(const at::Tensor& images, const std::vector<bool>& exact);
    // The first row that is not finite, as an error; features: of images, which were loaded for jobs.
    std::optional<Error> notFinite(const at::Tensor& features, const data::Batch& images,
                                   const std::vector<std::size_t>& jobs) const;
    // Runs images, which were loaded for jobs, through the prefix; into rows and into the cache.
    void compute(const data::Batch& images, const std::vector<std::size_t>& jobs, Rows& rows);
    data::Batch batchOf(const Rows& rows) const;

    const backbones::Network& m_network;
    const settings::TrainConfig& m_config;
    c10::Device m_device;
    std::size_t m_units = 0;
    std::vector<std::size_t> m_means;      // see ofMeans(); empty: what the last unit gives
    c10::ScalarType m_type = c10::kFloat;  // that the prefix calculates in
    std::vector<std::int64_t>
        m_shape;  // of one row: C, H, W (the channels last in the file) or fewer dimensions
    std::unique_ptr<FeatureStore> m_store;                   // may be empty
    bool m_keeps = true;                                     // there is room for what the run will ask for
    std::unique_ptr<backbones::FrozenPrefix> m_prefix;       // in m_type; made when it is first needed
    std::unique_ptr<backbones::FrozenPrefix> m_exactPrefix;  // in float32, where m_type is another
    Message m_precision;                                     // a sentence on m_type
    Message m_message;
    bool m_lookedAtLayers = false;  // that their numbers are finite
    Message m_failure;
    std::optional<Error> m_error;

    std::vector<FeatureJob> m_jobs;
    data::LoaderOptions m_options;
    std::vector<std::size_t> m_ends;
    std::vector<std::vector<std::size_t>> m_missing;  // jobs, by batch
    std::unique_ptr<data::BatchLoader> m_loader;      // of the missing ones, a batch for each that has any
    std::size_t m_next = 0;
};

}  // namespace graft::training
