import type { Board, LabelVariable } from '../model/board.js'
import { layOut } from '../model/layout.js'
import { toPersesPanel } from './to-perses-panel.js'

/** Converts a board to a dashboard of Perses. */
export function toPerses(board: Board, project: string): object {
  const rows = layOut(board)
  return {
    kind: 'Dashboard',
    metadata: { name: `quipu-${board.id}`, project },
    spec: {
      display: { name: board.title, description: board.about },
      duration: '1h',
      refreshInterval: '30s',
      variables: board.variables.map(toVariable),
      panels: Object.fromEntries(
        rows.flatMap(({ panels }) => panels.map((panel) => [`panel-${panel.id}`, toPersesPanel(panel)])),
      ),
      layouts: rows.map((row) => ({
        kind: 'Grid',
        spec: {
          display: { title: row.title, collapse: { open: true } },
          items: row.panels.map(({ id, x, y, width, height }) => ({
            x,
            // Relative to its group, below the heading.
            y: y - row.y - 1,
            width,
            height,
            content: { $ref: `#/spec/panels/panel-${id}` },
          })),
        },
      })),
    },
  }
}

function toVariable({ name, label, metric, from }: LabelVariable): object {
  return {
    kind: 'ListVariable',
    spec: {
      name,
      display: { name: label },
      allowAllValue: true,
      allowMultiple: true,
      defaultValue: '$__all',
      customAllValue: '.*',
      plugin: { kind: 'PrometheusLabelValuesVariable', spec: { labelName: from, matchers: [metric] } },
    },
  }
}
