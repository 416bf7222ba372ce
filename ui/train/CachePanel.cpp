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
    offerClear();
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

// A run that fills it says how many features there are: nothing beside it may deny that.
void CachePanel::showKept() {
    const QString size = QLocale().formattedDataSize(m_bytes, 1, QLocale::DataSizeSIFormat);
    m_usage->setText(m_bytes > 0 ? tr("%1 kept").arg(size)
                     : m_isUsed  ? tr("The run fills it.")
                                 : tr("Nothing is kept."));
}

void CachePanel::showUsage(const training::CacheUsage& usage) {
    m_bytes = usage.files == 0 ? 0 : static_cast<qint64>(usage.bytes);
    showKept();
    m_usage->setToolTip(QString::fromStdString(usage.folder));
    m_hasFiles = usage.files > 0;
    offerClear();
}

void CachePanel::setInUse(bool isInUse) {
    m_isInUse = isInUse;
    offerClear();
}

void CachePanel::offerClear() {
    m_clear->setEnabled(m_hasFiles && !m_isInUse && !m_isClearing);
    m_clear->setToolTip(m_isInUse
                            ? tr("A training is going on, which may use what is kept; clear it when the "
                                 "training is over.")
                            : tr("Removes all kept features; the next run computes its own again"));
    m_clear->setAccessibleDescription(m_clear->toolTip());
}

void CachePanel::showErrors() {
    m_error->showError(m_clearError.isEmpty() ? m_readError : m_clearError);
}

void CachePanel::showState(const training::CacheState& state) {
    m_state->setText(text(state.message));
    m_state->setVisible(!state.message.empty());
    const bool begins = state.used && !m_isUsed;
    m_isUsed = state.used;
    if (begins) refresh();  // what it finds there
    if (!m_usage->text().isEmpty()) showKept();
}

void CachePanel::forget() {
    showState({});
    m_readError.clear();
    m_clearError.clear();
    showErrors();
}

void CachePanel::clear() {
    m_isClearing = true;
    offerClear();
    runInBackground(
        this, [] { return training::clearFeatureCache(); },
        [this](const Result<std::uint64_t>& freed) {
            m_isClearing = false;
            m_clearError = freed ? QString() : ErrorText::sentence(freed.error());
            showErrors();
            if (freed) showState({});  // what it says is there no more
            refresh();
        });
}

}  // namespace graft::ui
