import express from 'express'
import { requestMetrics } from './request-metrics.js'

const app = express()
app.use(requestMetrics())
app.use('/api', requestMetrics({}))
// @ts-expect-error unknown option
requestMetrics({ record: true })
