import { quipuH3 } from '@quipu/http/h3'
import { start } from '@quipu/sdk'
import { H3, serve } from 'h3'

const quipu = start({ serviceName: 'h3-example' })
const app = new H3().register(quipuH3({ quipu }) as never)
app.get('/users/:id', ({ context }) => ({ id: context.params?.id }))
serve(app, { port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1', silent: true })
