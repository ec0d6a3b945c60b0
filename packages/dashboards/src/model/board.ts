/** How the numbers of a panel are shown. */
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
  /** What it shows and how to read it, in one or two sentences. */
  readonly about: string
  readonly draw: Draw
  readonly unit: Unit
  readonly queries: readonly PanelQuery[]
  /** Where the value becomes bad: drawn as a line or a colour. */
  readonly limit?: number
  /** The alert that watches the same number. */
  readonly alert?: string
}

/** Panels that answer one question together. */
export interface Row {
  readonly title: string
  readonly panels: readonly Panel[]
}

/** A variable whose values are those of a label. */
export interface LabelVariable {
  readonly name: string
  readonly label: string
  /** The metric on a page, and its label, that hold the values. */
  readonly metric: string
  readonly from: string
}

/** One board, independent of the program that shows it. */
export interface Board {
  /** File name and identity: `llm`. */
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
