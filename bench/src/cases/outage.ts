import { openCollector } from '../collector.js'
import { EXPORTED_METRIC, openExporting } from '../libraries/exporting.js'
import type { Case } from './case.js'

const TRAFFIC_MS = 5000
const OUTAGE_MS = { from: 1000, to: 4000 }

/**
 * Five seconds of traffic, exported every half second, while the collector responds 503 for three: number of lost points.
 * An export may take as long as the export interval, as in a longer outage with default settings.
 */
function outageCase(temporality: 'cumulative' | 'delta'): Case {
  return async (name) => {
    const collector = await openCollector()
    const app = await openExporting(name, { url: collector.url, intervalMs: 500, timeoutMs: 500, temporality })
    if (app === undefined) return {}
    let recorded = 0
    const from = performance.now()
    await new Promise<void>((resolve) => {
      const traffic = setInterval(() => {
        const elapsed = performance.now() - from
        collector.down = elapsed >= OUTAGE_MS.from && elapsed < OUTAGE_MS.to
        if (elapsed < TRAFFIC_MS) {
          app.add()
          recorded++
        } else {
          clearInterval(traffic)
          resolve()
        }
      }, 10)
    })
    await app.shutdown().catch(() => {})
    collector.close()
    return { recorded, lostPercent: (1 - collector.arrived(EXPORTED_METRIC) / recorded) * 100 }
  }
}

export const outageCumulative = outageCase('cumulative')
export const outageDelta = outageCase('delta')
