import { at, isCallable, isShape, textAt } from '@quipu/wire/shape'

/** Attributes of a connection in OpenTelemetry's conventions. */
export interface Network {
  readonly session: {
    readonly 'network.transport'?: string
    readonly 'network.protocol.name'?: string
  }
  /** Known for clients only. */
  readonly server: { readonly 'server.address'?: string; readonly 'server.port'?: string }
}

const pipe: Network = { session: { 'network.transport': 'pipe' }, server: {} }

/** Returns how a transport is connected, by its shape; empty for transports that are not the SDK's. */
export function networkOf(transport: object): Network {
  const url = at(transport, '_url')
  if (isShape(url) && typeof url.hostname === 'string') {
    const port = textAt(url, 'port') || (url.protocol === 'http:' ? '80' : '443')
    return { session: http, server: { 'server.address': url.hostname, 'server.port': port } }
  }
  if (at(transport, '_serverParams') !== undefined || at(transport, '_stdin') !== undefined) return pipe
  // A server transport, which receives HTTP requests.
  const takesRequests = isCallable(at(transport, 'handleRequest')) || isCallable(at(transport, 'handlePostMessage'))
  return { session: takesRequests ? http : {}, server: {} }
}

const http = { 'network.transport': 'tcp', 'network.protocol.name': 'http' } as const
