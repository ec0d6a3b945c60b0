// @ts-check
import { builtinCatalog, exportedNames } from '@quipu/catalog'
import { grafanaBoards } from '@quipu/dashboards'

/** @typedef {{ readonly board: string, readonly id: number, readonly title: string, readonly families: readonly string[] }} QueryPanel */

/** The table from which the studio names the panel of a metric: `packages/studio/src/figures/board-panels.ts`. */
export function studioPanels() {
  const boards = Object.values(grafanaBoards(builtinCatalog)).map((text) => JSON.parse(text))
  const names = Object.entries(builtinCatalog.metrics).map(([name, spec]) => exportedNames(name, spec).prometheus)
  const families = [...new Set(names.map((name) => name.replace(/_total$/, '')))].sort()
  const panels = boards.flatMap(panelsOf)
  const titles = boards.map(({ uid, title }) => `  ${keyOf(uid.replace('quipu-', ''))}: ${quoted(title)},`)
  const rows = families.flatMap((family) => {
    const panel = panelOf(family, panels)
    return panel === undefined ? [] : [`  ${keyOf(family)}: ['${panel.board}', ${panel.id}, ${quoted(panel.title)}],`]
  })
  return `// Generated from the boards by \`npm run generate\`: change them in packages/dashboards.

/** Titles of the boards, by the name of their file in \`dashboards/\`. */
export const boardTitles: { readonly [board: string]: string } = {
${titles.join('\n')}
}

/** The panel that shows each family of the built-in catalogue which a board queries. */
export const boardPanels: { readonly [family: string]: readonly [board: string, id: number, title: string] } = {
${rows.join('\n')}
}
`
}

/**
 * @param {{ uid: string, panels: readonly { id: number, title: string, targets?: readonly { expr: string }[] }[] }} board
 * @returns {readonly QueryPanel[]}
 */
function panelsOf({ uid, panels }) {
  return panels.map(({ id, title, targets = [] }) => {
    const families = targets
      .flatMap(({ expr }) => metricsOf(expr))
      .map((name) => name.replace(/_(?:total|bucket|sum|count)$/, ''))
    return { board: uid.replace('quipu-', ''), id, title, families: [...new Set(families)] }
  })
}

/** The names of metrics in a query: the ones in braces or after `by` are labels.
 * @param {string} query
 */
function metricsOf(query) {
  const bare = query.replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '').replaceAll(/\b(?:by|on|ignoring|without) ?\([^)]*\)/g, '')
  return bare.match(/[a-z]\w*_\w+/g) ?? []
}

/** The panel that shows a family with the fewest others; one of the overview only if no other board has it.
 * @param {string} family
 * @param {readonly QueryPanel[]} panels
 */
function panelOf(family, panels) {
  const weight = (/** @type {QueryPanel} */ { board, families }) => families.length + (board === 'overview' ? 1000 : 0)
  return panels.filter(({ families }) => families.includes(family)).sort((a, b) => weight(a) - weight(b))[0]
}

/** @param {string} text */
function quoted(text) {
  return text.includes("'") ? JSON.stringify(text) : `'${text}'`
}

/** @param {string} key */
function keyOf(key) {
  return /^\w+$/.test(key) ? key : `'${key}'`
}
