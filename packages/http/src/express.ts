export { observeExpress } from './express/observe-express.js'
export { observeExpressRoutes } from './express/observe-express-routes.js'
export { type RequestMetricsOptions, requestMetrics } from './express/request-metrics.js'
export type { ExpressMiddleware, ExpressRequest, ExpressResponse } from './express/types.js'
