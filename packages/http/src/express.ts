export { type RequestMetricsOptions, requestMetrics } from './express/request-metrics.js'
export type { ExpressMiddleware, ExpressRequest, ExpressResponse } from './express/types.js'
