import * as logs from '@opentelemetry/sdk-logs'
import * as metrics from '@opentelemetry/sdk-metrics'
import { createRecorder, defaultRecorder, trackUserAction } from '@quipu/core'
import { catalogPage, createHandler } from '@quipu/prometheus'
import { equal } from './checks.mjs'
import { conformance } from './conformance.mjs'
import { busyRecorder } from './page.mjs'
import { seriesValue } from './read.mjs'

// A worker: `/conformance` returns the output that the program prints elsewhere, `/custom_metrics` a page.

/** Work of a worker before its first request, where it has no time, no timers and no random numbers. */
function startUp() {
  try {
    const recorder = createRecorder()
    recorder.trackUserAction('startup')
    trackUserAction('startup')
    return { recorder }
  } catch (error) {
    return { error }
  }
}
const early = startUp()

let handler

export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url)
    if (pathname !== '/conformance') {
      const recorder = busyRecorder()
      handler ??= createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder })
      return handler.fetch(request)
    }
    const { report, failed } = await conformance({
      asyncContext: env.asyncContext,
      otel: { metrics, logs },
      async more({ check }) {
        await check('what a worker records in its global scope is there at its first request', () => {
          if (early.error !== undefined) throw early.error
          equal(seriesValue(early.recorder, 'user_action_total', { action_type: 'startup' }), 1)
          equal(seriesValue(defaultRecorder(), 'user_action_total', { action_type: 'startup' }), 1)
        })
        await check('and does not date from 1970', async () => {
          if (early.error !== undefined) throw early.error
          const { resourceMetrics } = await early.recorder.producer().collect()
          const points = resourceMetrics.scopeMetrics.flatMap((scope) =>
            scope.metrics.flatMap((each) => each.dataPoints),
          )
          equal(
            points.filter(({ startTime, endTime }) => startTime[0] < 1e9 || endTime[0] < startTime[0]).length,
            0,
            'points that begin in 1970',
          )
        })
      },
    })
    return new Response(report, { status: failed === 0 ? 200 : 500 })
  },
}
