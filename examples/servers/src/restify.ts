import { quipuRestify } from '@quipu/http/restify'
import { start } from '@quipu/sdk'
// @ts-expect-error restify has no types.
import restify from 'restify'

const quipu = start({ serviceName: 'restify-example' })
const server = restify.createServer()
server.pre(quipuRestify({ quipu }))
type Request = { readonly params: { readonly id: string } }
type Response = { send(body: object): void }
server.get('/users/:id', ({ params }: Request, response: Response, next: () => void) => {
  response.send({ id: params.id })
  next()
})
server.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
