import { defaultRecorder, type Recorder } from '@quipu/core'
import { type InstrumentationStatus, reportInstrumentation } from '@quipu/wire/observers'
import { at, type Callable, isCallable, isShape } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { instrumentTransport } from './instrument-transport.js'

export interface InstrumentOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
}

/**
 * Observes an MCP client, server or transport: each request and notification (`mcp.client.*`, `mcp.server.*`),
 * sessions, and the tool calls of a client (`tool_call`, `tool_error`, `tool_usage`). Its behaviour stays the same.
 * Arguments, results and resources are not read. A second call has no effect.
 *
 * @param subject a `Client`, `Server`, `McpServer` or transport of `@modelcontextprotocol/sdk`
 * @param options `recorder` to record into
 * @returns the same object; never throws
 * @see https://opentelemetry.io/docs/specs/semconv/gen-ai/mcp/
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
        if (isShape(transport)) recorder.guard('mcp', () => instrumentTransport(recorder, transport, subject))
        return Reflect.apply(connect, this, args)
      }
    })
    // A connected object already has its transport; an McpServer has it in its `server`.
    const connected = at(subject, 'transport') ?? at(at(subject, 'server'), 'transport')
    if (isShape(connected)) instrumentTransport(recorder, connected, subject)
    return replacement === 'missing' ? 'shape_unknown' : 'active'
  }
  const isTransport = isCallable(at(subject, 'send')) && isCallable(at(subject, 'start'))
  return isTransport && instrumentTransport(recorder, subject) !== 'missing' ? 'active' : 'shape_unknown'
}
