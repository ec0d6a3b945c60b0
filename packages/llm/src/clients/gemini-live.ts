import type { InstrumentOptions } from '@quipu/wire/observers'
import { at, type Callable, isCallable, isShape, listAt, textAt } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { LiveCalls, liveContext } from './live-call.js'

/**
 * Observes the responses of Gemini's live connections through the callbacks passed to `connect`: each turn of the model
 * is a call, from its first message to its last. The application's object of callbacks is not changed.
 *
 * @param live the `live` of a `GoogleGenAI` client
 */
export function observeGeminiLive(live: object, options: InstrumentOptions): void {
  replaceMethod(live, 'connect', (connect): Callable => {
    return function (this: unknown, ...args) {
      const [params, ...more] = args
      const callbacks = at(params, 'callbacks')
      if (!isShape(params) || !isShape(callbacks)) return Reflect.apply(connect, this, args)
      const observed = { ...params, callbacks: observedCallbacks(callbacks, textAt(params, 'model'), options) }
      return Reflect.apply(connect, this, [observed, ...more])
    }
  })
}

function observedCallbacks(callbacks: object, model: string | undefined, options: InstrumentOptions): object {
  const context = liveContext(options, 'gemini-live')
  const calls = new LiveCalls(context, 'gcp.gemini')
  calls.model = model
  const seen = (name: string, look: (message: unknown) => void) => {
    const callback = at(callbacks, name)
    return {
      enumerable: true,
      value(this: unknown, ...args: unknown[]): unknown {
        context.recorder.guard('gemini_live', () => look(args[0]))
        return isCallable(callback) ? Reflect.apply(callback, callbacks, args) : undefined
      },
    }
  }
  return Object.create(callbacks, {
    onmessage: seen('onmessage', (message) => observeEvent(calls, message)),
    onclose: seen('onclose', () => calls.close()),
  })
}

/** A connection has one turn of the model at a time. */
const TURN = 'turn'

function observeEvent(calls: LiveCalls, message: unknown): void {
  const content = at(message, 'serverContent')
  const parts = listAt(at(content, 'modelTurn'), 'parts')
  const asked = listAt(at(message, 'toolCall'), 'functionCalls')
  if (parts.length > 0 || asked.length > 0) {
    const call = calls.start(TURN)
    call.firstOutput()
    call.chunk()
    for (const part of parts) call.output(textAt(part, 'text') ?? '')
    if (asked.length > 0) call.toolCalls(asked.length)
  }
  const usage = at(message, 'usageMetadata')
  if (isShape(usage)) calls.get(TURN)?.usage(readUsage(usage))
  if (at(content, 'interrupted') === true) calls.take(TURN)?.end('abandoned')
  if (at(content, 'turnComplete') === true) calls.take(TURN)?.end()
}

/** Live responses name output tokens `responseTokenCount`; other responses name them `candidatesTokenCount`. */
function readUsage(usage: object): { readonly [name: string]: unknown } {
  return { ...usage, candidatesTokenCount: at(usage, 'responseTokenCount') ?? at(usage, 'candidatesTokenCount') }
}
