import express, { type Request } from 'express'
import { requestMetrics } from './request-metrics.js'

const app = express()
app.use(requestMetrics())
app.use('/api', requestMetrics({}))
app.use(requestMetrics({ user: ({ headers }) => String(headers['x-user']) }))
app.use(requestMetrics({ user: async (request: Request) => request.get('x-user') }))
// @ts-expect-error a user is a text
app.use(requestMetrics({ user: () => 42 }))
// @ts-expect-error unknown option
requestMetrics({ record: true })
