import type { Catalog } from '@quipu/catalog/builtin'
import { stringify } from 'yaml'
import { boardsOf } from './boards/boards.js'
import type { Files } from './grafana-boards.js'
import { toPerses } from './perses/to-perses.js'

/**
 * The boards of `grafanaBoards` for Perses, with the same panels and queries.
 *
 * Returns YAML by file name (`dashboards/perses/llm.yaml`), for `percli apply`. Never throws for a catalogue that
 * `defineMetrics` made.
 *
 * Source: Perses' dashboard model and the schemas of its Prometheus, time series, stat, bar and heat map plugins.
 *
 * @param options `project` of Perses that they go to; default `quipu`
 * @example
 * persesBoards(builtinCatalog)['dashboards/perses/llm.yaml'].startsWith('kind: Dashboard') // true
 */
export function persesBoards(catalog: Catalog, options: { readonly project?: string } = {}): Files {
  return Object.fromEntries(
    boardsOf(catalog).map((board) => [
      `dashboards/perses/${board.id}.yaml`,
      stringify(toPerses(board, options.project ?? 'quipu'), { lineWidth: 0 }),
    ]),
  )
}
