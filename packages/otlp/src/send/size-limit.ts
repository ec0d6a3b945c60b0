import type { Encoding } from '../spool/spool-file.js'
import { type BatchPart, halveBody } from './halve-body.js'

/** How large requests to one back end may be, as far as its answers have shown. */
export interface SizeLimit {
  /** The back end took a request of so many bytes. */
  take(bytes: number): void
  /** A request was too large. @returns its halves; undefined when it cannot be cut, or smaller ones were refused as well */
  refuse(body: Uint8Array, encoding: Encoding): readonly BatchPart[] | undefined
  /** Cuts a request until its parts fit; a single data point is left as it is. */
  fit(part: BatchPart, encoding: Encoding): readonly BatchPart[]
}

/** After so many refused requests that cannot be cut, size is not what the back end refuses them for. */
const MAX_UNCUT = 3

export function createSizeLimit(signal: 'metrics' | 'logs'): SizeLimit {
  let taken = 0
  let refused = Number.POSITIVE_INFINITY
  let uncut = 0
  // One large data point among small ones says nothing about requests that were taken.
  const limit = (): number => Math.max(taken, refused / 2)
  const fit: SizeLimit['fit'] = (part, encoding) => {
    if (part.body.length <= limit() || uncut >= MAX_UNCUT) return [part]
    const halves = halveBody(part.body, encoding, signal)
    return halves === undefined ? [part] : halves.flatMap((half) => fit(half, encoding))
  }
  return {
    take(bytes) {
      taken = Math.max(taken, bytes)
      uncut = 0
    },
    refuse(body, encoding) {
      if (uncut >= MAX_UNCUT) return undefined
      const halves = halveBody(body, encoding, signal)
      if (halves === undefined) uncut++
      else refused = Math.min(refused, body.length)
      return halves
    },
    fit,
  }
}
