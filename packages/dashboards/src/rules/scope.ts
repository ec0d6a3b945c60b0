import { boardMetrics } from '../boards/scope.js'
import { createQueries } from '../promql/queries.js'

/** Queries of rules: over a fixed window, with one result per job. */
export const q = createQueries(boardMetrics, { rate: '5m', range: '1d', keep: ['job'] })
