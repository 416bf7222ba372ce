// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/CachePanel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/training/FeatureCache.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/MessageText.h"
#include "ui/widgets/InlineError.h"

namespace graft::ui {

CachePanel::CachePanel(QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    auto* line = new QHBoxLayout;
    m_usage = new QLabel(this);
    m_usage->setObjectName(QStringLiteral("cacheUsage"));
    line->addWidget(m_usage, 1);
    m_clear = new QPushButton(tr("Clear"), this);
    m_clear->setObjectName(QStringLiteral("clearCache"));
    m_clear->setToolTip(tr("Removes all kept features; the next run computes its own again"));
    line->addWidget(m_clear);
    layout->addLayout(line);
    m_state = new QLabel(this);
    m_state->setObjectName(QStringLiteral("muted"));
    m_state->setWordWrap(true);
    m_state->hide();
    layout->addWidget(m_state);
    m_error = new InlineError(this);
    layout->addWidget(m_error);
    connect(m_clear, &QPushButton::clicked, this, &CachePanel::clear);
    refresh();
}

void CachePanel::refresh() {
    runInBackground(
        this, []() -> Result<training::CacheUsage> { return training::featureCacheUsage(); },
        [this](const Result<training::CacheUsage>& usage) {
            m_readError = usage ? QString() : ErrorText::describe(usage.error());
            showErrors();
            if (usage) showUsage(*usage);
        });
}

void CachePanel::showUsage(const training::CacheUsage& usage) {
    const auto bytes = static_cast<qint64>(usage.bytes);
    m_usage->setText(usage.files == 0 ? tr("Nothing is kept.")
                                      : tr("%1 kept").arg(QLocale().formattedDataSize(
                                            bytes, 1, QLocale::DataSizeSIFormat)));
    m_usage->setToolTip(QString::fromStdString(usage.folder));
    m_clear->setEnabled(usage.files > 0);
}

void CachePanel::showErrors() {
    m_error->showError(m_clearError.isEmpty() ? m_readError : m_clearError);
}

void CachePanel::showState(const training::CacheState& state) {
    m_state->setText(text(state.message));
    m_state->setVisible(!state.message.empty());
}

void CachePanel::forget() {
    showState({});
    m_readError.clear();
    m_clearError.clear();
    showErrors();
}

void CachePanel::clear() {
    m_clear->setEnabled(false);
    runInBackground(
        this, [] { return training::clearFeatureCache(); },
        [this](const Result<std::uint64_t>& freed) {
            m_clearError = freed ? QString() : ErrorText::sentence(freed.error());
            showErrors();
            refresh();
        });
}

}  // namespace graft::ui
