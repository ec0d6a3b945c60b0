import { headlines } from '../figures/headline.js'
import type { Moment } from '../figures/moment.js'
import { HealthPanel } from './health-panel.js'
import { InTurn } from './in-turn.js'
import { LinesPanel } from './lines-panel.js'
import { ModelsPanel } from './models-panel.js'
import { RoutesPanel } from './routes-panel.js'
import { Tile } from './tile.js'
import { ActionsPanel, FeaturesPanel, ToolsPanel } from './uses-panels.js'

/** The first view: calls, rates, latency, failures, cost and waiting calls. */
export function Overview() {
  return (
    <>
      <h1 class="unseen">Overview</h1>
      <InTurn part={Tiles} />
      <div class="panels">
        <InTurn part={ModelsPanel} />
        <InTurn part={RoutesPanel} />
        <InTurn part={FeaturesPanel} />
        <InTurn part={ToolsPanel} />
        <InTurn part={ActionsPanel} />
        <LinesPanel />
        <InTurn part={HealthPanel} />
      </div>
    </>
  )
}

function Tiles({ moment }: { readonly moment: Moment }) {
  const tiles = headlines(moment)
  if (tiles.length === 0) return null
  return (
    <ul class="tiles" aria-label="Key figures">
      {tiles.map((tile) => (
        <Tile key={tile.question} {...tile} />
      ))}
    </ul>
  )
}
