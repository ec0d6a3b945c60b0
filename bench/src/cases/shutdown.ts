import { hangingUrl, refusingUrl } from '../collector.js'
import { openExporting } from '../libraries/exporting.js'
import type { Case } from './case.js'

/** Duration of shutdown() with a dead collector and the library's defaults. */
function shutdownCase(deadUrl: () => Promise<string>): Case {
  return async (name) => {
    // The default interval is a minute, so nothing is exported before the shutdown.
    const app = await openExporting(name, { url: await deadUrl(), intervalMs: 60_000, temporality: 'cumulative' })
    if (app === undefined) return {}
    app.add()
    const from = performance.now()
    await app.shutdown().catch(() => {})
    return { seconds: (performance.now() - from) / 1000 }
  }
}

export const shutdownRefused = shutdownCase(refusingUrl)
export const shutdownHanging = shutdownCase(hangingUrl)
