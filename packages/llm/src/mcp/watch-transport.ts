import type { Recorder } from '@quipu/core'
import { type Replacement, replaceMethod } from '../replace-method.js'
import { type Callable, isCallable } from '../shape.js'
import { networkOf } from './network.js'
import { observeSession } from './observe-session.js'

/**
 * Watches a transport, the one place that all of MCP's versions, roles and methods go through. Messages, handlers and
 * errors stay what they are.
 * @param owner the client or server that the transport is of, if it is known
 */
export function watchTransport(recorder: Recorder, transport: object, owner?: object): Replacement {
  const session = observeSession(recorder, networkOf(transport), owner)
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
  watchHandler(transport, 'onmessage', (message) => guarded(() => session.received(message)))
  watchHandler(transport, 'onclose', () => guarded(() => session.closed()))
  return replacement
}

/** Sees what a handler is called with, whichever is set: the protocol sets its own when it connects. */
function watchHandler(transport: object, name: string, see: (argument: unknown) => void): void {
  const slot = slotOf(transport, name)
  let isWithin = false
  const wrap = (handler: unknown): unknown =>
    isCallable(handler)
      ? function (this: unknown, ...args: unknown[]) {
          // The protocol calls the handler that it found before: one message, two handlers.
          if (isWithin) return Reflect.apply(handler, this, args)
          isWithin = true
          try {
            see(args[0])
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

/** Where a property's value is kept: behind the accessors of the transport's class, or in the object itself. */
function slotOf(transport: object, name: string): Slot {
  let owner: object | null = transport
  while (owner !== null) {
    const descriptor = Reflect.getOwnPropertyDescriptor(owner, name)
    if (descriptor?.set !== undefined && descriptor.get !== undefined) {
      const { get, set } = descriptor
      return { get: () => get.call(transport), set: (value) => set.call(transport, value) }
    }
    owner = Reflect.getPrototypeOf(owner)
  }
  let current: unknown = Reflect.get(transport, name)
  return {
    get: () => current,
    set: (value) => {
      current = value
    },
  }
}
