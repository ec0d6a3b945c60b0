import { serve } from '@hono/node-server'
import { quipuHono } from '@quipu/http/hono'
import { start } from '@quipu/sdk'
import { Hono } from 'hono'

const quipu = start({ serviceName: 'hono-example' })
const app = new Hono()
app.use(quipuHono({ quipu }) as never)
app.get('/users/:id', (context) => context.json({ id: context.req.param('id') }))
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' })
