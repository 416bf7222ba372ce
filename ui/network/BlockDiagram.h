// SPDX-License-Identifier: GPL-3.0-or-later
// Stages and units of a backbone as boxes: ice blue and hatched where frozen, orange where trained. A click
// on a box freezes or thaws the unit, one on a stage's label the whole stage; the arrow keys and Space do
// the same.
#pragma once

#include <QRect>
#include <QString>
#include <QWidget>
#include <memory>
#include <optional>
#include <utility>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "ui/network/BlockLayout.h"

namespace graft::ui {

class BlockDiagram : public QWidget {
    Q_OBJECT
  public:
    explicit BlockDiagram(QWidget* parent = nullptr);

    // classes: what the box of the head says; 0 while nobody knows.
    void showNetwork(std::shared_ptr<const backbones::ModelSummary> summary, int classes);
    void setPlan(const backbones::FreezePlan& plan);
    // Off: it is looked at only, since the plan is made elsewhere.
    void setEditable(bool on);
    bool isEditable() const { return m_isEditable; }
    const backbones::FreezePlan& plan() const { return m_plan; }

    // Under the box of the head: the number of classes and what it counts; before that is known "head".
    std::pair<QString, QString> headWords() const;
    QRect unitRect(const QString& unit) const;
    QRect stageLabelRect(const QString& stage) const;

  signals:
    void planEdited(const graft::backbones::FreezePlan& plan);
    void currentMoved(const QRect& area);  // by keys; in this widget

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

  private:
    // A unit, or with no unit the label of a stage.
    struct Target {
        std::size_t stage = 0;
        std::optional<std::size_t> unit;
        bool operator==(const Target&) const = default;
    };

    std::optional<Target> targetAt(QPoint position) const;
    QString describe(const Target& target) const;
    void arrange();
    void toggle(const Target& target);
    QRect areaOf(const Target& target) const;
    void moveTo(const Target& target);
    void moveByKeys(const Target& target);
    bool isStageFrozen(const StageBox& stage) const;
    void paintUnit(QPainter& painter, std::size_t unit) const;
    void paintStage(QPainter& painter, std::size_t stage) const;

    std::shared_ptr<const backbones::ModelSummary> m_summary;
    backbones::FreezePlan m_plan;
    BlockLayout m_layout;
    std::optional<Target> m_hovered;
    std::optional<Target> m_current;
    int m_classes = 0;
    bool m_isEditable = true;
};

}  // namespace graft::ui
