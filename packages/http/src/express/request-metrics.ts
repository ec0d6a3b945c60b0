import { defaultRecorder, type Recorder } from '@quipu/core'
import { observeResponse } from '../observe-response.js'
import { isPage } from '../pages.js'
import { hasRouterError } from './router-errors.js'
import { trackRoute } from './track-route.js'
import type { ExpressMiddleware } from './types.js'

export interface RequestMetricsOptions {
  /** Default: the process's own. */
  readonly recorder?: Recorder | undefined
}

/** Requests that are counted already, by whichever copy of the middleware came first. */
const counted = Symbol.for('quipu.http.counted')

/**
 * Makes the middleware that counts and times requests (S14, S15, S17): by the template of their route, never by their path
 * (T8); until the last byte of the body; also those whose handler threw or whose client left (T9). Use it first. The pages
 * `/metrics` and `/custom_metrics` are not counted. It only watches: no response, error or header is changed.
 *
 * @example
 * const app = express()
 * app.use(requestMetrics())
 * app.get('/users/:id', (req, res) => res.json({ id: req.params.id }))
 */
export function requestMetrics(options: RequestMetricsOptions = {}): ExpressMiddleware {
  return (request, response, next) => {
    const recorder = options.recorder ?? defaultRecorder()
    recorder.guard('http', () => {
      if (Reflect.has(request, counted) || isPage(request.originalUrl ?? request.url)) return
      Reflect.defineProperty(request, counted, { value: true })
      const route = trackRoute(request)
      observeResponse(recorder, { method: request.method, route, failed: () => hasRouterError(request) }, response)
    })
    next()
  }
}
