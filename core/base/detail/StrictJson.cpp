// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/StrictJson.h"

#include <cmath>

#include "core/base/detail/Quoted.h"

namespace graft::base {

using Json = nlohmann::json;

void StrictJson::refuse(const Message& what) const {
    const Message whole = GRAFT_TEXT("the whole");
    throw JsonProblem(
        {GRAFT_TEXT("{1} {2}"), m_name.empty() ? whole : Message::words(inQuotes(m_name)), what});
}

StrictJson StrictJson::at(const std::string& key) const {
    if (!m_value.is_object()) refuse(GRAFT_TEXT("is no object"));
    const std::string name = m_name.empty() ? key : m_name + "." + key;
    const auto found = m_value.find(key);
    if (found == m_value.end()) throw JsonProblem({GRAFT_TEXT("{1} is missing"), inQuotes(name)});
    return {*found, name};
}

std::vector<StrictJson> StrictJson::items() const {
    if (!m_value.is_array()) refuse(GRAFT_TEXT("is no list"));
    std::vector<StrictJson> all;
    all.reserve(m_value.size());
    for (std::size_t i = 0; i < m_value.size(); ++i)
        all.emplace_back(m_value[i], m_name + "[" + std::to_string(i) + "]");
    return all;
}

std::vector<std::string> StrictJson::keys() const {
    if (!m_value.is_object()) refuse(GRAFT_TEXT("is no object"));
    std::vector<std::string> all;
    for (const auto& [key, value] : m_value.items())
        all.push_back(key);
    return all;
}

void StrictJson::convert(bool& value) const {
    if (!m_value.is_boolean()) refuse(GRAFT_TEXT("is neither true nor false"));
    value = m_value.get<bool>();
}

void StrictJson::convert(std::string& value) const {
    if (!m_value.is_string()) refuse(GRAFT_TEXT("is no text"));
    value = m_value.get<std::string>();
}

void StrictJson::convert(double& value) const {
    if (m_value.is_number()) value = m_value.get<double>();
    if (!m_value.is_number() || !std::isfinite(value)) refuse(GRAFT_TEXT("is no finite number"));
}

void StrictJson::convert(float& value) const {
    const double number = as<double>();
    if (std::abs(number) > std::numeric_limits<float>::max()) refuse(GRAFT_TEXT("is too large a number"));
    value = static_cast<float>(number);
}

Error damaged(const JsonSource& source, const Message& problem) {
    const bool isSentence = problem.english().ends_with('.');
    const Message text(isSentence ? GRAFT_TEXT("{1} is damaged: {2}") : GRAFT_TEXT("{1} is damaged: {2}."),
                       source.what, problem);
    if (source.remedy.empty()) return {ErrorCode::BadFormat, text, source.path};
    return {ErrorCode::BadFormat, {GRAFT_TEXT("{1} {2}"), text, source.remedy}, source.path};
}

Json parseJson(const std::string& text) {
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        if (text.empty()) throw JsonProblem(GRAFT_TEXT("it is empty"));
        throw JsonProblem({GRAFT_TEXT("it is no JSON from byte {1} on"), error.byte});
    } catch (const Json::exception&) {  // a number that no double holds
        throw JsonProblem(GRAFT_TEXT("it holds a number that is too large"));
    }
}

}  // namespace graft::base
