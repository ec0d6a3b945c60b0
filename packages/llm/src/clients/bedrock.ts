import { at, isCallable } from '../shape.js'
import { runMarked } from '../wire/observers.js'
import { type InstrumentOptions, markClient } from './mark-client.js'
import { observeSmithyRequest } from './observe-smithy-request.js'

/** A client of the AWS SDK, version 3, as far as it is used here. */
export interface BedrockClient {
  readonly config: object
  readonly middlewareStack: object
}

/** Next to the request handler, within retries: each attempt passes here as it is sent. */
const PLACE = { step: 'deserialize', priority: 'low', name: 'quipuObserver', override: true }

/**
 * Observes the calls of a Bedrock client: Converse and InvokeModel, whole and streamed. The AWS SDK uses HTTP/2, which no
 * diagnostics channel shows, so the client needs this; with another request handler its calls are observed on the wire.
 *
 * @param client a `BedrockRuntimeClient` or `BedrockRuntime`, version 3
 * @param options what to record with, and what the calls are called
 * @returns the same object. Results, errors and streams stay as they are. Never throws.
 * @example
 * const client = instrument(new BedrockRuntimeClient(), { endpoint: 'chat' })
 */
export function instrument<C extends BedrockClient>(client: C, { recorder, endpoint }: InstrumentOptions = {}): C {
  const mark = { recorder, endpoint }
  const stack = at(client, 'middlewareStack')
  const add = at(stack, 'add')
  if (!isCallable(add)) return client
  markClient(client, [], mark)
  const middleware = (next: (args: object) => Promise<unknown>) => (args: object) =>
    runMarked(mark, () => (isUnseen(client) ? observeSmithyRequest(next, args) : next(args)))
  try {
    Reflect.apply(add, stack, [middleware, PLACE])
  } catch {
    // A stack that takes no middleware: the client stays as it is.
  }
  return client
}

/** Whether the client's requests go over HTTP/2. */
function isUnseen(client: BedrockClient): boolean {
  const handler = at(at(client, 'config'), 'requestHandler')
  return at(at(handler, 'metadata'), 'handlerProtocol') === 'h2'
}
