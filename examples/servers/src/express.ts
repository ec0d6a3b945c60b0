import { requestMetrics } from '@quipu/http/express'
import { start } from '@quipu/sdk'
import express from 'express'

const quipu = start({ serviceName: 'express-example' })
const app = express()
app.use(requestMetrics(), quipu.handler)
app.get('/users/:id', (request, response) => void response.json({ id: request.params.id }))
app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
