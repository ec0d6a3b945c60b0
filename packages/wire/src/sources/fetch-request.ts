import { matchRequest } from '@quipu/protocols'
import type { StartedRequest } from '../exchange/attempt.js'
import type { ExchangeObserver } from '../exchange/exchanges.js'
import { at, isCallable, textAt } from '../shape.js'

/** The arguments of `fetch`. */
export type FetchArguments = readonly unknown[]

/** Reads the arguments of `fetch`; undefined if they are not those of a model call. */
export function readFetchRequest([input, init]: FetchArguments): StartedRequest | undefined {
  const url = typeof input === 'string' ? input : (textAt(input, 'href') ?? textAt(input, 'url'))
  if (url === undefined) return undefined
  const fragment = url.indexOf('#')
  const method = textAt(init, 'method') ?? textAt(input, 'method') ?? 'GET'
  const matched = matchRequest(method.toUpperCase(), fragment === -1 ? url : url.slice(0, fragment))
  if (matched === undefined) return undefined
  if (!URL.canParse(url)) return undefined
  const { origin, pathname, search } = new URL(url)
  const headers = at(init, 'headers') ?? at(input, 'headers')
  return { matched, origin, path: pathname + search, header: (name) => headerOf(headers, name) }
}

/** Headers in any form that `fetch` accepts: an object of the class, pairs, or a record. */
function headerOf(headers: unknown, name: string): string | undefined {
  const get = at(headers, 'get')
  if (isCallable(get)) return textOf(Reflect.apply(get, headers, [name]))
  const pairs: readonly unknown[] = Array.isArray(headers) ? headers : Object.entries(Object(headers))
  const pair = pairs.find((each) => String(at(each, 0)).toLowerCase() === name)
  return textOf(at(pair, 1))
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/**
 * Reports the body of a request. A body that is a stream or part of a `Request` is not read; the model then comes from
 * the response.
 */
export function reportBody(exchange: ExchangeObserver, [, init]: FetchArguments): void {
  const body = at(init, 'body')
  if (typeof body === 'string' || body instanceof Uint8Array) exchange.requestBytes(body)
  else if (body instanceof ArrayBuffer) exchange.requestBytes(new Uint8Array(body))
  else if (isCallable(at(body, 'get'))) exchange.requestBytes(fieldsOf(body))
  exchange.requestEnd()
}

/** The fields of a form that a model call may have, without files. */
function fieldsOf(form: unknown): string {
  const get = at(form, 'get')
  const field = (name: string): unknown => (isCallable(get) ? Reflect.apply(get, form, [name]) : undefined)
  return JSON.stringify({ model: textOf(field('model')), stream: field('stream') === 'true' })
}
