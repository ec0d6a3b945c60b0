import type { Draw, Panel, Unit } from '../model/board.js'

interface Plugin {
  readonly kind: string
  readonly spec: object
}

/** Converts a panel to one of Perses: its chart and its queries, with the default data source of the project. */
export function toPersesPanel(panel: Panel): object {
  const instant = panel.draw === 'number' || panel.draw === 'ranking'
  return {
    kind: 'Panel',
    spec: {
      display: { name: panel.title, description: panel.about },
      plugin: plugins[panel.draw](panel),
      queries: panel.queries.map(({ expr, legend }) => ({
        kind: 'TimeSeriesQuery',
        spec: {
          plugin: {
            kind: 'PrometheusTimeSeriesQuery',
            spec: {
              query: expr,
              ...(legend !== undefined && { seriesNameFormat: legend }),
              ...(instant && { instant }),
            },
          },
        },
      })),
    },
  }
}

const plugins: { readonly [D in Draw]: (panel: Panel) => Plugin } = {
  lines: (panel) => lines(panel, {}),
  stacked: (panel) => lines(panel, { stack: 'all', areaOpacity: 0.4 }),
  number: ({ unit, limit }) => ({
    kind: 'StatChart',
    spec: { calculation: 'last-number', format: format(unit), ...thresholds(limit) },
  }),
  ranking: ({ unit }) => ({
    kind: 'BarChart',
    spec: { calculation: 'last-number', format: format(unit), sort: 'desc', mode: 'value' },
  }),
  heatmap: ({ unit }) => ({ kind: 'HeatMapChart', spec: { yAxisFormat: format(unit) } }),
}

function lines({ unit, limit }: Panel, visual: object): Plugin {
  return {
    kind: 'TimeSeriesChart',
    spec: {
      legend: { position: 'bottom', mode: 'list' },
      yAxis: { min: 0, format: format(unit) },
      visual: { display: 'line', lineWidth: 1.5, ...visual },
      ...thresholds(limit),
    },
  }
}

function thresholds(limit: number | undefined): object {
  return limit === undefined ? {} : { thresholds: { mode: 'absolute', steps: [{ value: limit, color: '#d44a3a' }] } }
}

const units: { readonly [U in Unit]: string } = {
  short: 'decimal',
  s: 'seconds',
  ms: 'milliseconds',
  bytes: 'bytes',
  reqps: 'requests/sec',
  cps: 'counts/sec',
  // Perses has no unit for operations per minute.
  opm: 'decimal',
  percentunit: 'percent-decimal',
  currencyUSD: 'usd',
  dtdurations: 'seconds',
}

function format(unit: Unit): object {
  return { unit: units[unit] }
}
