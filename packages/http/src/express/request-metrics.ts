import type { Recorder } from '@quipu/core'
import { defaultRecorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import { isTraced, observeExpressRoutes } from './observe-express.js'
import { hasRouterError } from './router-errors.js'
import { trackRoute } from './track-route.js'
import type { ExpressMiddleware } from './types.js'

export interface RequestMetricsOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
}

/**
 * Creates middleware that counts and times requests by the template of their route, never by their path, until the last
 * byte of the body. Requests whose handler throws or whose client disconnects are included, the pages `/metrics` and
 * `/custom_metrics` are not. Use it first. It changes no response, error or header.
 *
 * @param options `recorder` to record into
 * @returns middleware for `app.use` in Express 4 and 5; never throws
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
      // A router that does not publish its layers reveals its route only through properties of the request.
      if (open === undefined || open.tracking !== undefined || isTraced(request)) return
      open.tracking = { route: trackRoute(request), hasFailed: hasRouterError }
    })
    next()
  }
}
