import { at, isCallable, isShape, textAt } from '../shape.js'

/** What OpenTelemetry's conventions say of a connection. */
export interface Network {
  readonly session: {
    readonly 'network.transport'?: string
    readonly 'network.protocol.name'?: string
  }
  /** Known to clients only. */
  readonly server: { readonly 'server.address'?: string; readonly 'server.port'?: string }
}

const pipe: Network = { session: { 'network.transport': 'pipe' }, server: {} }

/** How a transport is connected, by its shape; nothing where it is not one of the SDK's. */
export function networkOf(transport: object): Network {
  const url = at(transport, '_url')
  if (isShape(url) && typeof url.hostname === 'string') {
    const port = textAt(url, 'port') || (url.protocol === 'http:' ? '80' : '443')
    return { session: http, server: { 'server.address': url.hostname, 'server.port': port } }
  }
  if (at(transport, '_serverParams') !== undefined || at(transport, '_stdin') !== undefined) return pipe
  // Server side: it is given each HTTP request.
  const takesRequests = isCallable(at(transport, 'handleRequest')) || isCallable(at(transport, 'handlePostMessage'))
  return { session: takesRequests ? http : {}, server: {} }
}

const http = { 'network.transport': 'tcp', 'network.protocol.name': 'http' } as const
