import type { Encoding } from '../spool/spool-file.js'
import { type BatchPart, halveBody } from './halve-body.js'

/** The maximum request size of one back end, as learned from its responses. */
export interface SizeLimit {
  /** Reports an accepted request of this size in bytes. */
  take(bytes: number): void
  /**
   * Reports a request that was too large. @returns its halves; undefined if it cannot be split, or smaller ones were
   * rejected as well
   */
  refuse(body: Uint8Array, encoding: Encoding): readonly BatchPart[] | undefined
  /** Splits a request until its parts fit; a single data point is kept. */
  fit(part: BatchPart, encoding: Encoding): readonly BatchPart[]
}

/** After this number of rejected requests that cannot be split, size is not the reason. */
const MAX_UNCUT = 3

export function createSizeLimit(signal: 'metrics' | 'logs'): SizeLimit {
  let taken = 0
  let refused = Number.POSITIVE_INFINITY
  let uncut = 0
  // One large data point among small ones proves nothing about accepted sizes.
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
