import { defaultRecorder, type Recorder } from '@quipu/core'
import { type InstrumentationStatus, reportInstrumentation } from '../instrumentation-info.js'
import { replaceMethod } from '../replace-method.js'
import { at, type Callable, isCallable, isShape } from '../shape.js'
import { watchTransport } from './watch-transport.js'

export interface InstrumentOptions {
  /** Default: the process's own. */
  readonly recorder?: Recorder | undefined
}

/**
 * Observes an MCP client, server or transport: each request and notification (`mcp.client.*`, `mcp.server.*`), sessions,
 * and the tool calls that a client makes (`tool_call`, `tool_error`, `tool_usage`). It behaves as before, and arguments,
 * results and resources are not read; a second time changes nothing.
 *
 * @returns what it was given
 * @example
 * const client = instrument(new Client({ name: 'app', version: '1.0.0' }))
 * await client.connect(transport)
 */
export function instrument<T extends object>(subject: T, options: InstrumentOptions = {}): T {
  const recorder = options.recorder ?? defaultRecorder()
  recorder.guard('mcp', () => reportInstrumentation(recorder, 'library', 'mcp', observe(recorder, subject)))
  return subject
}

function observe(recorder: Recorder, subject: object): InstrumentationStatus {
  if (isCallable(at(subject, 'connect'))) {
    const replacement = replaceMethod(subject, 'connect', (connect): Callable => {
      return function (this: unknown, ...args) {
        const [transport] = args
        if (isShape(transport)) recorder.guard('mcp', () => watchTransport(recorder, transport, subject))
        return Reflect.apply(connect, this, args)
      }
    })
    // One that is connected already has its transport; a server for applications keeps it one level down.
    const connected = at(subject, 'transport') ?? at(at(subject, 'server'), 'transport')
    if (isShape(connected)) watchTransport(recorder, connected, subject)
    return replacement === 'missing' ? 'shape_unknown' : 'active'
  }
  const isTransport = isCallable(at(subject, 'send')) && isCallable(at(subject, 'start'))
  return isTransport && watchTransport(recorder, subject) !== 'missing' ? 'active' : 'shape_unknown'
}
