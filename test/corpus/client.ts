import { createRequire } from 'node:module'
import { join } from 'node:path'

/** What a client can be asked in every situation; each gives what the library gives. */
export interface Client {
  /** The library and its major version. */
  readonly name: string
  /** Packages to install, `npm:` aliases allowed. */
  readonly packages: { readonly [name: string]: string }
  /** Conversations it has: in whole, and as a stream. */
  readonly plain: string
  readonly stream?: string
  /** Node versions that it runs on, when not on all. */
  readonly fromNode?: number
  /** Situations in which it ends the process by itself. */
  readonly endsProcess?: readonly string[]
  /** Whether it sends by `node:http`. */
  readonly isNodeHttp?: boolean
  /** Whether it asks again, as a further call, when an answer has no message or asks for a tool. */
  readonly asksAgain?: boolean
  open(url: string): Promise<OpenClient>
}

export interface OpenClient {
  plain(signal?: AbortSignal): Promise<unknown>
  /** The pieces of the answer; it gives them as they come. */
  stream?(signal?: AbortSignal): Promise<AsyncIterable<unknown>>
  /** The answer as the library got it, with nothing of its body read. */
  raw?(): Promise<Response>
}

// The clients are installed in a folder of their own, with no types here.
// biome-ignore lint/suspicious/noExplicitAny: a library without types
export type Untyped = any

export const load = async (name: string): Promise<Untyped> => import(name)

/** Loads from the folder of the program by `require`, the way that all libraries which patch clients hook into. */
export const loadByRequire = (name: string): Untyped => createRequire(join(process.cwd(), 'program.cjs'))(name)

export const messages = [
  { role: 'system', content: 'planted-prompt system' },
  { role: 'user', content: 'planted-prompt' },
] as const
