import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard'
import type { Board, LabelVariable } from '../model/board.js'
import { layOut } from '../model/layout.js'
import { datasource, toGrafanaPanel } from './to-grafana-panel.js'

/** Converts a board to the JSON that Grafana imports and provisions (classic JSON, schema 42). */
export function toGrafana(board: Board): Dashboard {
  const builder = new DashboardBuilder(board.title)
    .uid(`quipu-${board.id}`)
    .description(board.about)
    .tags(['quipu'])
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('30s')
    .variables([
      new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
      ...board.variables.map(toVariable),
    ])
    .annotations([])
    .link(
      new DashboardLinkBuilder('Quipu')
        .type(DashboardLinkType.Dashboards)
        .tags(['quipu'])
        .asDropdown(true)
        .includeVars(false)
        .keepTime(true),
    )
  // The builder computes the places of panels; these panels already have places and are added unchanged.
  const panels = layOut(board).flatMap((row) => [
    new RowBuilder(row.title).id(row.id).gridPos({ x: 0, y: row.y, w: 24, h: 1 }).build(),
    ...row.panels.map(toGrafanaPanel),
  ])
  return { ...builder.build(), panels }
}

function toVariable({ name, label, metric, from }: LabelVariable): QueryVariableBuilder {
  const query = `label_values(${metric}, ${from})`
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query(query)
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'], selected: true })
}
