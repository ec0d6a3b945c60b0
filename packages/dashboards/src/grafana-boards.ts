import type { Catalog } from '@quipu/catalog/builtin'
import { boardsOf } from './boards/boards.js'
import { toGrafana } from './grafana/to-grafana.js'

/** Generated files: content by name. */
export interface Files {
  readonly [file: string]: string
}

/**
 * Generates the Grafana boards of a catalogue: those of the built-in metrics, which every recorder has, and one of the
 * catalogue's own metrics. They need a Prometheus data source and read metrics that were scraped or received over OTLP,
 * with classic or native histograms.
 *
 * @param catalog the result of `defineMetrics`, `defineEvents` or `mergeCatalogs`
 * @returns JSON by file name (`dashboards/llm.json`), for import, provisioning and the API; never throws for such a
 * catalogue
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
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
