import { requestMetrics } from '../express/request-metrics.js'
import type { ExpressMiddleware } from '../express/types.js'
import type { FastifyLike } from '../fastify/observe-fastify.js'
import { quipuFastify } from '../fastify/quipu-fastify.js'
import { type AdapterOptions, type NodePages, recorderOf } from '../requests/adapter-options.js'

/** Options of `quipuNest`; `user` is given the request of Express or Fastify, as by their adapters. */
export type QuipuNestOptions = AdapterOptions<object, NodePages>

/** The parts of a Nest application that are used. */
export interface NestApplicationLike {
  getHttpAdapter(): { getType(): string; getInstance(): unknown }
  use(...middleware: ExpressMiddleware[]): unknown
}

/**
 * Counts and times the requests of a Nest application (10 to 12, on Express or Fastify) by the template of their route, with
 * global prefix and version, and serves the pages of a Quipu. Call it before `listen` and before other middleware is
 * added. It changes no response.
 *
 * @param app the application from `NestFactory.create`
 * @param options `quipu` or `recorder`; `user`
 * @throws what the application's own `use` or `register` throws; never later
 * @see https://docs.nestjs.com/middleware
 * @example
 * const app = await NestFactory.create(AppModule)
 * quipuNest(app, { quipu: start() })
 * await app.listen(3000)
 */
export function quipuNest(app: NestApplicationLike, { quipu, recorder, user }: QuipuNestOptions = {}): void {
  const chosen = recorderOf({ quipu, recorder })
  const adapter = app.getHttpAdapter()
  if (adapter.getType() === 'fastify') {
    quipuFastify(adapter.getInstance() as FastifyLike, { quipu, recorder: chosen, user }, () => undefined)
    return
  }
  app.use(requestMetrics({ recorder: chosen, user }))
  if (quipu !== undefined) app.use(quipu.handler as ExpressMiddleware)
}
