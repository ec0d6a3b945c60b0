import { observeSmithyRequest } from '@quipu/wire/clients'
import type { InstrumentOptions } from '@quipu/wire/observers'
import { runMarked } from '@quipu/wire/observers'
import { at, isCallable } from '@quipu/wire/shape'
import { markClient } from './mark-client.js'

/** The used parts of a client of the AWS SDK 3. */
export interface BedrockClient {
  readonly config: object
  readonly middlewareStack: object
}

/** Next to the request handler, below retries, so that each attempt passes through it. */
const PLACE = { step: 'deserialize', priority: 'low', name: 'quipuObserver', override: true }

/**
 * Observes the calls of a Bedrock client: Converse and InvokeModel, whole and streamed. The AWS SDK uses HTTP/2, which
 * has no diagnostics channel for clients. With another request handler, calls are observed on the wire without this
 * function.
 *
 * @param client a `BedrockRuntimeClient` or `BedrockRuntime` of version 3
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged results, errors and streams; never throws
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
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
    // The middleware stack rejects additions: the client stays unchanged.
  }
  return client
}

/** Returns whether the client's requests use HTTP/2, which no source observes. */
function isUnseen(client: BedrockClient): boolean {
  const handler = at(at(client, 'config'), 'requestHandler')
  return at(at(handler, 'metadata'), 'handlerProtocol') === 'h2'
}
