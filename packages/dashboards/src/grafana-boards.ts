import type { Catalog } from '@quipu/catalog/builtin'
import { boardsOf } from './boards/boards.js'
import { toGrafana } from './grafana/to-grafana.js'

/** Generated files: name → content. */
export interface Files {
  readonly [file: string]: string
}

/**
 * The Grafana boards of a catalogue: those of the built-in metrics, which every recorder has, and one of the catalogue's own.
 * They need a Prometheus data source, and read metrics that were scraped or came over OTLP, with classic or native
 * histograms.
 *
 * Returns JSON by file name (`dashboards/llm.json`), for import, for provisioning and for the API. Never throws for a
 * catalogue that `defineMetrics` made.
 *
 * Source: "Grafana Dashboard Examples" of the SecureTrack document; dashboard schema 42 of Grafana.
 *
 * @example
 * const files = grafanaBoards(builtinCatalog)
 * JSON.parse(files['dashboards/llm.json']).title // 'Quipu · LLM'
 */
export function grafanaBoards(catalog: Catalog): Files {
  return Object.fromEntries(
    boardsOf(catalog).map((board) => [
      `dashboards/${board.id}.json`,
      `${JSON.stringify(toGrafana(board), undefined, 2)}\n`,
    ]),
  )
}
