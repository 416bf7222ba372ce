// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/NamesApart.h"

#include <algorithm>

namespace graft::ui {

namespace {

bool isBorder(QChar letter) {
    return QStringLiteral("-_./ ").contains(letter);
}

// Whether all have the same letter there; at: from the front, or, negative, from the end.
bool isCommon(const QStringList& names, qsizetype at) {
    const auto letterOf = [at](const QString& name) { return name[at < 0 ? name.size() + at : at]; };
    return std::ranges::all_of(
        names, [&](const QString& name) { return letterOf(name) == letterOf(names.front()); });
}

// Up to and with the last border that all of them have in common at the front.
qsizetype commonFront(const QStringList& names, qsizetype most) {
    qsizetype front = 0;
    for (qsizetype at = 0; at < most && isCommon(names, at); ++at)
        if (isBorder(names.front()[at])) front = at + 1;
    return front;
}

qsizetype commonEnd(const QStringList& names, qsizetype most) {
    qsizetype end = 0;
    for (qsizetype at = 1; at <= most && isCommon(names, -at); ++at)
        if (isBorder(names.front()[names.front().size() - at])) end = at;
    return end;
}

}  // namespace

QStringList namesApart(const QStringList& names) {
    if (names.size() < 2) return names;
    const qsizetype shortest = std::ranges::min(names, {}, &QString::size).size();
    const qsizetype front = commonFront(names, shortest - 1);
    const qsizetype end = commonEnd(names, shortest - front - 1);
    QStringList apart;
    for (const QString& name : names) {
        apart << (front > 0 ? QStringLiteral("\u2026") : QString()) +
                     name.mid(front, name.size() - front - end) +
                     (end > 0 ? QStringLiteral("\u2026") : QString());
    }
    return apart;
}

}  // namespace graft::ui
