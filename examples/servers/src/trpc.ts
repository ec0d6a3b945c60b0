import type { IncomingMessage } from 'node:http'
import { quipuTrpc } from '@quipu/http/trpc'
import { start } from '@quipu/sdk'
import { initTRPC } from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'

const quipu = start({ serviceName: 'trpc-example' })
const t = initTRPC.context<{ req: IncomingMessage }>().create()
const procedure = t.procedure.use(quipuTrpc())
const router = t.router({ user: procedure.input(String).query(({ input }) => ({ id: input })) })
createHTTPServer({
  router,
  createContext: ({ req }) => ({ req }),
  middleware: quipu.handler,
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
