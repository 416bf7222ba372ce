// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/WeightsChoice.h"

#include <QStringList>
#include <cstddef>

#include "core/backbones/Catalogue.h"
#include "core/training/DefaultConfig.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FetchJob.h"
#include "ui/session/KeptViews.h"
#include "ui/session/MessageText.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"

namespace graft::ui {

WeightsChoice::WeightsChoice(Project& project) : QObject(&project), m_project(project), m_wanted(wanted()) {
    connect(&project, &Project::backboneChanged, this, &WeightsChoice::follow);
    connect(&project, &Project::choosingChanged, this, &WeightsChoice::follow);
    connect(&project, &Project::backboneRefused, this, &WeightsChoice::takeRefusal);
    connect(&projectPart<FetchJob>(project), &FetchJob::fetched, this, &WeightsChoice::takeFetched);
}

std::pair<QString, QString> WeightsChoice::wanted() const {
    return {m_project.wantedBackbone(), m_project.wantedWeights()};
}

QString WeightsChoice::refusal() const {
    if (m_error) return ErrorText::describe(*m_error);
    return m_misfit.empty() ? QString() : text(m_misfit);
}

QString WeightsChoice::notes() const {
    QStringList sentences;
    for (const Message& note : m_notes)
        sentences.append(text(note));
    return sentences.join(QLatin1Char(' '));
}

void WeightsChoice::check(const QString& file) {
    m_checking = file;
    m_checked = file;
    m_error.reset();
    m_misfit = Message();
    const QString backbone = m_project.wantedBackbone();
    runInBackground(
        this,
        [file = file.toStdString(), name = backbone.toStdString()]() -> Result<Checked> {
            auto fit = backbones::checkWeights(file, name);
            if (!fit) return fail(fit.error());
            if (!fit->fits()) return Checked{std::move(*fit), {}};
            auto defaults = training::defaultConfig(name, file);
            if (!defaults) return fail(defaults.error());
            return Checked{std::move(*fit), std::move(*defaults)};
        },
        [this, file, backbone](const Result<Checked>& checked) { take(file, backbone, checked); });
    emit changed();
}

void WeightsChoice::take(const QString& file, const QString& backbone, const Result<Checked>& checked) {
    if (file != m_checking) return;
    m_checking.clear();
    follow();
    if (backbone == m_project.wantedBackbone()) {
        if (!checked) {
            m_error = checked.error();
        } else if (!checked->fit.fits()) {
            m_misfit = checked->fit.sentence();  // the weights before are still the ones in use
        } else {
            if (file != m_project.wantedWeights()) {
                m_project.dropChoice();  // it is older than this one
                m_project.takeBackbone(checked->defaults);
            }
            m_notes = checked->fit.notes;
        }
    }
    emit changed();
}

void WeightsChoice::drop() {
    if (m_checking.isEmpty() && !m_error && m_misfit.empty()) return;
    m_checking.clear();
    m_error.reset();
    m_misfit = Message();
    emit changed();
}

// Whoever fetched weights wants them, unless another row, a file or another backbone was chosen meanwhile.
void WeightsChoice::takeFetched(const QString& file) {
    const backbones::CatalogueEntry& entry = projectPart<FetchJob>(m_project).entry();
    const int row = projectPart<KeptViews>(m_project).backbones.row;
    const bool isChosen =
        row >= 0 && backbones::catalogue().at(static_cast<std::size_t>(row)).fileName == entry.fileName;
    if (!isChosen || !m_project.wantedWeights().isEmpty() || !m_checking.isEmpty()) return;
    m_checked = file;  // by its hash
    m_project.addWeights(QString::fromStdString(entry.name), file);
}

// The choice before is still the one in use.
void WeightsChoice::takeRefusal(const Error& error) {
    follow();
    m_error = error;
    emit changed();
}

void WeightsChoice::follow() {
    if (!m_checking.isEmpty() || wanted() == m_wanted) return;
    m_wanted = wanted();
    m_error.reset();
    m_misfit = Message();
    m_notes.clear();
    emit changed();
}

}  // namespace graft::ui
