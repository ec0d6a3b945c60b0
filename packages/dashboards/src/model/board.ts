/** How a panel draws its values. */
export type Draw = 'lines' | 'stacked' | 'number' | 'ranking' | 'heatmap'

/** A unit, by Grafana's id. */
export type Unit =
  | 'short'
  | 's'
  | 'ms'
  | 'bytes'
  | 'reqps'
  | 'cps'
  | 'opm'
  | 'percentunit'
  | 'currencyUSD'
  | 'dtdurations'

/** One query of a panel. */
export interface PanelQuery {
  readonly expr: string
  /** Name of each series: `{{model}}`. */
  readonly legend?: string
}

/** One chart. */
export interface Panel {
  readonly title: string
  /** Content of the panel and how to read it, in one or two sentences. */
  readonly about: string
  readonly draw: Draw
  readonly unit: Unit
  readonly queries: readonly PanelQuery[]
  /** Value from which on the state is bad, drawn as a line or colour. */
  readonly limit?: number
  /** The alert on the same value. */
  readonly alert?: string
}

/** Panels that belong to one question. */
export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** A variable with the values of a label. */
export interface LabelVariable {
  readonly name: string
  readonly label: string
  /** The metric on a page and its label with the values. */
  readonly metric: string
  readonly from: string
}

/** A board, independent of the program that shows it. */
export interface Board {
  /** File name and id: `llm`. */
  readonly id: string
  readonly title: string
  readonly about: string
  readonly variables: readonly LabelVariable[]
  readonly rows: readonly Row[]
}

/** A panel with one query. */
export function panel(
  draw: Draw,
  unit: Unit,
  title: string,
  about: string,
  expr: string,
  more: { readonly legend?: string; readonly limit?: number; readonly alert?: string } = {},
): Panel {
  const { legend, ...rest } = more
  return { draw, unit, title, about, queries: [{ expr, ...(legend !== undefined && { legend }) }], ...rest }
}

/** A heatmap of a histogram; one of its queries has series, by how the histogram is stored. */
export function heatmap(unit: Unit, title: string, about: string, buckets: readonly string[]): Panel {
  return { draw: 'heatmap', unit, title, about, queries: buckets.map((expr) => ({ expr, legend: '{{le}}' })) }
}
