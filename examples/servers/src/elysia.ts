import { node } from '@elysiajs/node'
import { quipuElysia } from '@quipu/http/elysia'
import { start } from '@quipu/sdk'
import { Elysia } from 'elysia'

const quipu = start({ serviceName: 'elysia-example' })
new Elysia({ adapter: node() })
  .use(quipuElysia({ quipu }))
  .get('/users/:id', ({ params }) => ({ id: params.id }))
  .listen({ port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' })
