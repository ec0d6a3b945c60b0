import type { LlmCall } from '@quipu/core'
import type { InstrumentOptions } from '@quipu/wire/observers'
import { at, isCallable, listAt, textAt } from '@quipu/wire/shape'
import { LiveCalls, liveContext } from './live-call.js'

/** The used parts of a connection to OpenAI's Realtime API. */
export interface RealtimeConnection {
  readonly url: URL
  on(event: never, listener: never): unknown
}

const observed = new WeakSet<object>()

/**
 * Observes the responses of a connection to OpenAI's Realtime API: each is a model call, from its first event to its last.
 * The transcript of audio is counted in bytes, the audio is not.
 *
 * @param connection an `OpenAIRealtimeWS` or `OpenAIRealtimeWebSocket`
 * @param options the recorder and the endpoint of the calls
 * @returns the same object, with unchanged events and errors; never throws
 * @see https://github.com/openai/openai-node/blob/master/realtime.md
 * @example
 * const connection = instrument(new OpenAIRealtimeWS({ model: 'gpt-realtime' }))
 */
export function instrument<C extends RealtimeConnection>(connection: C, options: InstrumentOptions = {}): C {
  const on = at(connection, 'on')
  if (!isCallable(on) || observed.has(connection)) return connection
  observed.add(connection)
  const context = liveContext(options, 'openai-realtime')
  const calls = new LiveCalls(context, 'openai')
  context.recorder.guard('realtime', () => {
    calls.model = connection.url.searchParams.get('model') ?? undefined
    Reflect.apply(on, connection, [
      'event',
      (event: unknown) => context.recorder.guard('realtime', () => observeEvent(calls, event)),
    ])
    const socket = at(connection, 'socket')
    const listen = at(socket, 'addEventListener')
    if (isCallable(listen))
      Reflect.apply(listen, socket, ['close', () => context.recorder.guard('realtime', () => calls.close())])
  })
  return connection
}

/** Events with text of the completion, by their names in the API and in its preview. */
const TEXT = /^response\.(?:output_)?(?:text|audio_transcript)\.delta$/
/** Other generated output. */
const OUTPUT = /^response\.(?:(?:output_)?audio|function_call_arguments)\.delta$/

function observeEvent(calls: LiveCalls, event: unknown): void {
  const type = textAt(event, 'type') ?? ''
  if (type === 'session.created' || type === 'session.updated') {
    calls.model = textAt(at(event, 'session'), 'model') ?? calls.model
  } else if (type === 'response.created') calls.start(at(at(event, 'response'), 'id'))
  else if (type === 'response.done') finish(calls, at(event, 'response'))
  else if (TEXT.test(type) || OUTPUT.test(type)) {
    const call = calls.get(at(event, 'response_id'))
    call?.firstOutput()
    call?.chunk()
    if (TEXT.test(type)) call?.output(textAt(event, 'delta') ?? '')
  }
}

function finish(calls: LiveCalls, response: unknown): void {
  const call = calls.take(at(response, 'id'))
  if (call === undefined) return
  const usage = at(response, 'usage')
  if (typeof usage === 'object' && usage !== null) call.usage({ ...usage })
  call.toolCalls(listAt(response, 'output').filter((item) => at(item, 'type') === 'function_call').length)
  end(call, response)
}

function end(call: LlmCall, response: unknown): void {
  const status = at(response, 'status')
  const error = at(at(response, 'status_details'), 'error')
  if (status === 'failed') call.fail({ type: textAt(error, 'type'), code: textAt(error, 'code') })
  else if (status === 'cancelled') call.abort()
  else call.end()
}
