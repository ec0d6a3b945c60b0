import type { Socket } from 'node:net'

type Write = (this: Socket, ...args: unknown[]) => unknown

/** Reads the status line of the first data written to a connection, and then restores the connection's methods. */
export function watchAnswer(socket: Socket, onStatus: (status: number) => void): void {
  const names = ['write', 'end'] as const
  const own = names.map((name) => Object.getOwnPropertyDescriptor(socket, name))
  const restore = (): void => {
    names.forEach((name, i) => {
      const before = own[i]
      if (before === undefined) Reflect.deleteProperty(socket, name)
      else Object.defineProperty(socket, name, before)
    })
  }
  for (const name of names) {
    const original = socket[name] as Write
    const watching: Write = function (...args) {
      restore()
      const status = statusOf(args[0])
      if (status > 0) onStatus(status)
      return Reflect.apply(original, this, args)
    }
    Object.defineProperty(socket, name, { value: watching, configurable: true, writable: true, enumerable: false })
  }
}

/** Returns the status in the first bytes of a response; 0 without a status line. */
function statusOf(chunk: unknown): number {
  const text = typeof chunk === 'string' ? chunk.slice(0, 12) : chunk instanceof Uint8Array ? latin1(chunk) : ''
  return Number(/^HTTP\/1\.[01] (\d{3})$/.exec(text)?.[1] ?? 0)
}

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(0, 12))
}
