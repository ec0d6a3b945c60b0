import { observingRecorders, reportInstrumentation } from '@quipu/wire/observers'
import { type Callable, isShape, prototypeOf } from '@quipu/wire/shape'
import { replaceMethod } from '../replace-method.js'
import { instrumentTransport } from './instrument-transport.js'

/** The classes that a transport is connected to; clients and servers of an application inherit from them. */
const CLASSES = ['Client', 'Server', 'McpServer']

/**
 * Observes every client and server of the MCP SDK, version 1 or 2, that connects from now on.
 *
 * @param exports exports of one of the SDK's modules
 * @returns whether it has one of the classes
 */
export function observeMcp(exports: unknown): boolean {
  return CLASSES.map((name) => observeClass(prototypeOf(exports, name))).includes(true)
}

function observeClass(prototype: object | undefined): boolean {
  if (prototype === undefined) return false
  const replacement = replaceMethod(prototype, 'connect', (connect): Callable => {
    return function (this: unknown, ...args) {
      const [transport] = args
      // A transport has one observer: a second recorder gets only the sessions that the first does not observe.
      const [recorder] = observingRecorders()
      if (recorder !== undefined && isShape(transport) && isShape(this)) {
        recorder.guard('mcp', () => instrumentTransport(recorder, transport, this))
        reportInstrumentation(recorder, 'library', 'mcp', 'active')
      }
      return Reflect.apply(connect, this, args)
    }
  })
  return replacement !== 'missing'
}
