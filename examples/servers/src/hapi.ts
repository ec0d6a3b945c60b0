import hapi from '@hapi/hapi'
import { quipuHapi } from '@quipu/http/hapi'
import { start } from '@quipu/sdk'

const quipu = start({ serviceName: 'hapi-example' })
const server = hapi.server({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
await server.register({ plugin: quipuHapi, options: { quipu } } as never)
server.route({ method: 'GET', path: '/users/{id}', handler: ({ params }) => ({ id: String(params.id) }) })
await server.start()
