import { defaultRecorder, type Recorder } from '@quipu/core'
import { requestMetrics } from '../express/request-metrics.js'
import type { ExpressMiddleware } from '../express/types.js'
import type { FastifyLike } from '../fastify/observe-fastify.js'
import { type QuipuFastifyOptions, quipuFastify } from '../fastify/quipu-fastify.js'

/** What of a running Quipu the adapter uses: its pages and its recorder. */
export type QuipuNestOptions = QuipuFastifyOptions

/** As much of a Nest application as is used. */
export interface NestApplicationLike {
  getHttpAdapter(): { getType(): string; getInstance(): unknown }
  use(...middleware: ExpressMiddleware[]): unknown
}

/**
 * Counts and times the requests of a Nest application (11, on Express or on Fastify) by the template of their route,
 * global prefix and version included, and serves the pages of a Quipu. Call it before `listen`, first of all that uses the
 * application. It changes no response. Never throws later.
 *
 * @example
 * const app = await NestFactory.create(AppModule)
 * quipuNest(app, { quipu: start() })
 * await app.listen(3000)
 */
export function quipuNest(app: NestApplicationLike, { quipu, recorder }: QuipuNestOptions = {}): void {
  const chosen = recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
  const adapter = app.getHttpAdapter()
  if (adapter.getType() === 'fastify') {
    quipuFastify(adapter.getInstance() as FastifyLike, { quipu, recorder: chosen }, () => undefined)
    return
  }
  app.use(requestMetrics({ recorder: chosen }))
  if (quipu !== undefined) app.use(quipu.handler as ExpressMiddleware)
}
