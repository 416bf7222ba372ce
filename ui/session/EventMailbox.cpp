// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/EventMailbox.h"

#include <utility>

namespace graft::ui {

void EventMailbox::append(const training::TrainEvent& event) {
    const std::lock_guard lock(m_mutex);
    m_events.push_back(event);
}

std::vector<training::TrainEvent> EventMailbox::takeAll() {
    std::vector<training::TrainEvent> taken;
    const std::lock_guard lock(m_mutex);
    taken.swap(m_events);
    return taken;
}

}  // namespace graft::ui
