import { isObject } from '@quipu/catalog/builtin'
import { beforeCalls } from '../reports/before-calls.js'
import { failRequest } from '../requests/request-registry.js'

/** The parts of a host of Nest's arguments that are used. */
interface ArgumentsHost {
  getType(): string
  getArgByIndex(index: number): unknown
}

/**
 * Notes the errors of the requests of a loaded Nest (10 to 12), before its filters turn them into responses. The routes are
 * those of Express or Fastify.
 * @param exports what `require('@nestjs/core/exceptions/exceptions-handler.js')` returns
 * @returns whether the module's shape was recognised
 */
export function observeNest(exports: unknown): boolean {
  const Handler: unknown = isObject(exports) ? Reflect.get(exports, 'ExceptionsHandler') : undefined
  const prototype: unknown = typeof Handler === 'function' ? Handler.prototype : undefined
  if (!isObject(prototype)) return false
  return beforeCalls(prototype, 'next', (_handler, [error, host]) => {
    const { getType } = host as ArgumentsHost
    if (Reflect.apply(getType, host, []) !== 'http') return
    const request = (host as ArgumentsHost).getArgByIndex(0)
    // Fastify's request holds Node's request.
    if (isObject(request)) failRequest((Reflect.get(request, 'raw') as object | undefined) ?? request, error)
  })
}
