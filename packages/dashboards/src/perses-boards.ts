import type { Catalog } from '@quipu/catalog/builtin'
import { stringify } from 'yaml'
import { boardsOf } from './boards/boards.js'
import type { Files } from './grafana-boards.js'
import { toPerses } from './perses/to-perses.js'

/**
 * Generates the boards of `grafanaBoards` for Perses, with the same panels and queries.
 *
 * @param catalog the result of `defineMetrics`, `defineEvents` or `mergeCatalogs`
 * @param options `project` of the boards in Perses; default `quipu`
 * @returns YAML by file name (`dashboards/perses/llm.yaml`), for `percli apply`; never throws for such a catalogue
 * @see https://perses.dev/perses/docs/api/dashboard/
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
