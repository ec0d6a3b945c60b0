import { headlines } from '../figures/headline.js'
import { HealthPanel } from './health-panel.js'
import { LinesPanel } from './lines-panel.js'
import { ModelsPanel } from './models-panel.js'
import { RoutesPanel } from './routes-panel.js'
import { moment } from './state.js'
import { Tile } from './tile.js'
import { ActionsPanel, FeaturesPanel, ToolsPanel } from './uses-panels.js'

/** The first view: calls, rates, latency, failures, cost and waiting calls. */
export function Overview() {
  const tiles = headlines(moment.value)
  return (
    <>
      <h1 class="unseen">Overview</h1>
      {tiles.length === 0 ? null : (
        <ul class="tiles" aria-label="Key figures">
          {tiles.map((tile) => (
            <Tile key={tile.question} {...tile} />
          ))}
        </ul>
      )}
      <div class="panels">
        <ModelsPanel />
        <RoutesPanel />
        <FeaturesPanel />
        <ToolsPanel />
        <ActionsPanel />
        <LinesPanel />
        <HealthPanel />
      </div>
    </>
  )
}
