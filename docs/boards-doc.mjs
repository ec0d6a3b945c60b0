// @ts-check

import { builtinCatalog } from '@quipu/catalog'
import { grafanaBoards } from '@quipu/dashboards'

const intro = `# Boards

Boards for Grafana in [dashboards/](../dashboards), the same for Perses, and alerts with [runbooks](../rules/runbooks.md) in
[rules/](../rules). \`npm run generate\` generates them and this page from the catalogue. A real Prometheus, which scrapes the example
application, executes every query, and a test compares the results with the application's actions.

| to see them | do |
|---|---|
| on this machine | \`docker compose up\`: its Grafana contains them |
| in your Grafana | import a file of [dashboards/](../dashboards), or provision the folder |
| with the metrics of your own catalogue | \`npx quipu boards --catalog ./catalog.js --out ./observability\` |

\`npm run pictures\` draws the pictures from Prometheus' answers to the boards' own queries;
rows for which the example has no data are left out.
`

/** The page of all boards, each with its picture. */
export function boardsDoc() {
  const sections = Object.entries(grafanaBoards(builtinCatalog)).map(([file, text]) => {
    const { title, description } = JSON.parse(text)
    const name = title.replace('Quipu · ', '')
    const picture = file.replace('dashboards/', 'pictures/').replace('.json', '.png')
    return `## ${name}\n\n${description} [JSON](../${file})\n\n![The board "${name}"](${picture})\n`
  })
  return [intro, ...sections].join('\n')
}
