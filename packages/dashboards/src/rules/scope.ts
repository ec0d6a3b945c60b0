import { boardMetrics } from '../boards/scope.js'
import { createQueries } from '../promql/queries.js'

/** The queries of rules: over a fixed window, one result for each job. */
export const q = createQueries(boardMetrics, { rate: '5m', range: '1d', keep: ['job'] })
