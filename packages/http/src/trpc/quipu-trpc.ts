import { isObject } from '@quipu/catalog/builtin'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { countsFirst } from '../requests/counted-once.js'
import { openRequestOfContext } from '../requests/request-registry.js'

export interface QuipuTrpcOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
}

/** The parts of a procedure's call that are used. */
export interface TrpcCall<R> {
  readonly path: string
  readonly type: string
  readonly ctx: unknown
  /** A function of this call alone, in tRPC 11. */
  readonly getRawInput?: object
  readonly next: () => Promise<R>
}

/** The route of a request that calls several procedures. */
export const BATCH = 'batch'

/**
 * Creates tRPC middleware (10 and 11) that counts and times each procedure as a feature, with the code of its error.
 * Subscriptions are counted and not timed. If the context has Node's request as `req`, the procedure is the endpoint of
 * that request, or `batch` if the request calls several. It changes no result.
 *
 * @param options `recorder`
 * @returns middleware for `procedure.use`; throws only what the procedure throws
 * @see https://trpc.io/docs/server/middlewares
 * @example
 * const t = initTRPC.context<{ req: IncomingMessage }>().create()
 * const procedure = t.procedure.use(quipuTrpc())
 */
export function quipuTrpc({
  recorder = defaultRecorder(),
}: QuipuTrpcOptions = {}): <R>(call: TrpcCall<R>) => Promise<R> {
  return async ({ path, type, ctx, getRawInput, next }) => {
    if (getRawInput !== undefined && !countsFirst(recorder, getRawInput)) return next()
    recorder.guard('http', () => nameRequest(ctx, path))
    if (type === 'subscription') recorder.trackFeatureUsage(path)
    const result = await (type === 'subscription' ? next() : recorder.withFeature(path, next))
    recorder.guard('http', () => countError(recorder, path, result))
    return result
  }
}

function nameRequest(context: unknown, path: string): void {
  const open = openRequestOfContext(context)
  if (open !== undefined) open.route = open.route === undefined || open.route === path ? path : BATCH
}

/** A failed procedure has a result with an error, whose code is one of tRPC's. */
function countError(recorder: Recorder, path: string, result: unknown): void {
  const error = isObject(result) && result.ok === false ? result.error : undefined
  const code = isObject(error) ? error.code : undefined
  if (error !== undefined) recorder.trackFeatureError(path, typeof code === 'string' ? code : error)
}
