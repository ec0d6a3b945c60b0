import { defaultRecorder } from '@quipu/core'
import { followNodeRequest } from '../node/observe-http-servers.js'
import type { ObserverOptions } from '../requests/adapter-options.js'
import { withUserOf } from '../requests/request-user.js'
import { noteLayerErrors } from './note-layer-errors.js'
import { isTraced, observeExpressRoutes } from './observe-express-routes.js'
import type { ExpressMiddleware, ExpressRequest } from './types.js'
import { watchRoute } from './watch-route.js'

/** Options of `requestMetrics`. */
export type RequestMetricsOptions = ObserverOptions<ExpressRequest>

/**
 * Creates middleware that counts and times requests by the template of their route, never by their path, until the last
 * byte of the body. Requests whose handler throws or whose client disconnects are included, the pages `/metrics` and
 * `/custom_metrics` are not. Use it first. It changes no response, error or header.
 *
 * @param options `recorder` to record into, `user` to find the user of activity lines
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
      if (open === undefined || open.framework !== undefined || isTraced(request)) return
      open.framework = watchRoute(request)
      noteLayerErrors(Reflect.get(request, 'app'))
    })
    withUserOf(recorder, options.user, request, next)
  }
}
