import type { Recorder } from '@quipu/core'
import { type Callable, isCallable } from '@quipu/wire/shape'
import { type Replacement, replaceMethod } from '../replace-method.js'
import { networkOf } from './network.js'
import { observeSession } from './observe-session.js'

/**
 * Observes a transport, which all versions, roles and methods of MCP use. Messages, handlers and errors stay the same.
 * @param clientOrServer the client or server of the transport, if known
 */
export function instrumentTransport(recorder: Recorder, transport: object, clientOrServer?: object): Replacement {
  const session = observeSession(recorder, networkOf(transport), clientOrServer)
  const guarded = (fn: () => void): void => void recorder.guard('mcp', fn)
  const replacement = replaceMethod(transport, 'send', (send): Callable => {
    return function (this: unknown, ...args) {
      const [message] = args
      guarded(() => session.sent(message))
      const result = Reflect.apply(send, this, args)
      if (!(result instanceof Promise)) return result
      return result.then(undefined, (error) => {
        guarded(() => session.notSent(message, error))
        throw error
      })
    }
  })
  if (replacement !== 'replaced') return replacement
  observeHandler(transport, 'onmessage', (message) => guarded(() => session.received(message)))
  observeHandler(transport, 'onclose', () => guarded(() => session.closed()))
  return replacement
}

/** Observes the arguments of a handler, also when it is replaced: the protocol sets its own when it connects. */
function observeHandler(transport: object, name: string, onMessage: (argument: unknown) => void): void {
  const slot = slotOf(transport, name)
  let isWithin = false
  const wrap = (handler: unknown): unknown =>
    isCallable(handler)
      ? function (this: unknown, ...args: unknown[]) {
          // The protocol calls the handler that it replaced: one message reaches two handlers.
          if (isWithin) return Reflect.apply(handler, this, args)
          isWithin = true
          try {
            onMessage(args[0])
            return Reflect.apply(handler, this, args)
          } finally {
            isWithin = false
          }
        }
      : handler
  slot.set(wrap(slot.get()))
  Reflect.defineProperty(transport, name, {
    configurable: true,
    enumerable: true,
    get: slot.get,
    set: (handler: unknown) => slot.set(wrap(handler)),
  })
}

interface Slot {
  get: () => unknown
  set: (value: unknown) => void
}

/** Where a property is stored: behind accessors of the transport's class, or in the object itself. */
function slotOf(transport: object, name: string): Slot {
  let holder: object | null = transport
  while (holder !== null) {
    const descriptor = Reflect.getOwnPropertyDescriptor(holder, name)
    if (descriptor?.set !== undefined && descriptor.get !== undefined) {
      const { get, set } = descriptor
      return { get: () => get.call(transport), set: (value) => set.call(transport, value) }
    }
    holder = Reflect.getPrototypeOf(holder)
  }
  let current: unknown = Reflect.get(transport, name)
  return {
    get: () => current,
    set: (value) => {
      current = value
    },
  }
}
