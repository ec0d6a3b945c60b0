import { defaultRecorder, type Recorder } from '@quipu/core'
import type { UserOf } from './request-user.js'

/** Where an adapter records, and of which user; `R` is the framework's request. */
export interface ObserverOptions<R> {
  /** Default: the recorder of `quipu`, otherwise that of the process. */
  readonly recorder?: Recorder | undefined
  /**
   * Finds the user of a request's activity lines, at most once, when the first line needs one. Lines wait half a second for a
   * promise; if it rejects or takes longer, or the function throws, the user is unknown. Default: unknown.
   */
  readonly user?: UserOf<R> | undefined
}

/** The same, with a running Quipu and `P`, by which it serves its pages. */
export interface AdapterOptions<R, P = object> extends ObserverOptions<R> {
  /** A running Quipu: its recorder is used, and its pages `/metrics` and `/custom_metrics` are served if the adapter can. */
  readonly quipu?: ({ readonly recorder: unknown } & P) | undefined
}

/** Serves pages on a server of Node. */
export interface NodePages {
  readonly handler: (request: never, response: never, next: () => void) => void
}

/** Serves pages for requests of fetch handlers. */
export interface FetchPages {
  readonly fetch: (request: Request) => Promise<Response>
}

/** The recorder of an adapter. */
export function recorderOf({ quipu, recorder }: AdapterOptions<never>): Recorder {
  return recorder ?? (quipu?.recorder as Recorder | undefined) ?? defaultRecorder()
}

/** Lets a Quipu respond to a request of Node if it is for one of its pages; returns whether it does. */
export function servesPage(quipu: NodePages | undefined, request: object, response: object): boolean {
  let isServed = quipu !== undefined
  quipu?.handler(request as never, response as never, () => {
    isServed = false
  })
  return isServed
}
