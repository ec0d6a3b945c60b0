import { quipuFastify } from '@quipu/http/fastify'
import { start } from '@quipu/sdk'
import Fastify from 'fastify'

const quipu = start({ serviceName: 'fastify-example' })
const app = Fastify()
await app.register(quipuFastify as never, { quipu })
app.get<{ Params: { id: string } }>('/users/:id', async ({ params }) => ({ id: params.id }))
await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
