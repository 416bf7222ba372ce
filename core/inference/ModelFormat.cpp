// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/ModelFormat.h"

#include <algorithm>
#include <utility>

#include "core/base/Either.h"

namespace graft::inference {

namespace formats {
#define GRAFT_FORMAT(name) ModelFormat name();
#include "core/inference/formats/Formats.inc"
#undef GRAFT_FORMAT
}  // namespace formats

namespace {

std::vector<ModelFormat>& list() {
    static std::vector<ModelFormat> all{
#define GRAFT_FORMAT(name) formats::name(),
#include "core/inference/formats/Formats.inc"
#undef GRAFT_FORMAT
    };
    return all;
}

}  // namespace

const std::vector<ModelFormat>& modelFormats() {
    return list();
}

const ModelFormat* findFormat(const std::string& name) {
    const auto found = std::ranges::find(list(), name, &ModelFormat::name);
    return found != list().end() ? &*found : nullptr;
}

Result<const ModelFormat*> formatOf(const std::string& name) {
    if (const ModelFormat* format = findFormat(name)) return format;
    std::vector<std::string> names;
    for (const ModelFormat& format : list())
        names.push_back(format.name);
    return fail(ErrorCode::InvalidArgument,
                {GRAFT_TEXT("Unknown format \"{1}\": it is {2}."), name, base::either(names)});
}

std::string formatsHelp() {
    std::vector<std::string> names;
    for (const ModelFormat& format : list())
        names.push_back(format.name + " (" + format.help + ")");
    return base::either(names).english();
}

void addFormat(ModelFormat format) {
    list().push_back(std::move(format));
}

}  // namespace graft::inference
