import type { Recorder } from '@quipu/core'
import { defaultRecorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { isTraced, observeExpressRoutes } from './observe-express.js'
import { hasRouterError } from './router-errors.js'
import { trackRoute } from './track-route.js'
import type { ExpressMiddleware } from './types.js'

export interface RequestMetricsOptions {
  /** Default: the process's own. */
  readonly recorder?: Recorder | undefined
}

/**
 * Makes the middleware that counts and times requests: by the template of their route, never by their path; until the last
 * byte of the body; also those whose handler threw or whose client left. Use it first. The pages `/metrics` and
 * `/custom_metrics` are not counted. It only watches: no response, error or header is changed.
 *
 * @example
 * const app = express()
 * app.use(requestMetrics())
 * app.get('/users/:id', (req, res) => res.json({ id: req.params.id }))
 */
export function requestMetrics(options: RequestMetricsOptions = {}): ExpressMiddleware {
  observeExpressRoutes()
  return (request, response, next) => {
    const recorder = options.recorder ?? defaultRecorder()
    recorder.guard('http', () => {
      const open = followNodeRequest(request, response, recorder)
      // A router that does not publish its layers says which one matched on the request alone.
      if (open === undefined || open.tracking !== undefined || isTraced(request)) return
      open.tracking = { route: trackRoute(request), hasFailed: hasRouterError }
    })
    next()
  }
}
