import { createRequire } from 'node:module'
import { join } from 'node:path'

/** The calls of a client in all situations; each returns the library's own result. */
export interface Client {
  /** The library and its major version. */
  readonly name: string
  /** Packages to install, `npm:` aliases allowed. */
  readonly packages: { readonly [name: string]: string }
  /** Its conversations, whole and as a stream. */
  readonly plain: string
  readonly stream?: string
  /** Node versions that it runs on; default all. */
  readonly fromNode?: number
  /** Situations in which it ends the process or waits without end, by itself. */
  readonly endsProcess?: readonly string[]
  /** Whether it sends through `node:http`. */
  readonly isNodeHttp?: boolean
  /** Whether it calls over HTTP/2 and TLS, which its server then requires. */
  readonly isHttp2?: boolean
  /** Whether it makes another call if a response has no message or requests a tool. */
  readonly asksAgain?: boolean
  /** `ca` is the certificate of a server with TLS, which signs itself. */
  open(url: string, ca?: string): Promise<OpenClient>
}

export interface OpenClient {
  plain(signal?: AbortSignal): Promise<unknown>
  /** The pieces of the response, as they arrive. */
  stream?(signal?: AbortSignal): Promise<AsyncIterable<unknown>>
  /** The response without reading its body. */
  raw?(): Promise<Response>
}

// The clients are installed in a separate folder, without types here.
// biome-ignore lint/suspicious/noExplicitAny: a library without types
export type Untyped = any

export const load = async (name: string): Promise<Untyped> => import(name)

/** Loads by `require` from the folder of the program, because libraries that patch clients hook into `require`. */
export const loadByRequire = (name: string): Untyped => createRequire(join(process.cwd(), 'program.cjs'))(name)

export const messages = [
  { role: 'system', content: 'planted-prompt system' },
  { role: 'user', content: 'planted-prompt' },
] as const
