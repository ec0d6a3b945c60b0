import type { Family } from './family.js'

interface Kept {
  readonly version: number
  readonly pieces: WeakRef<readonly Uint8Array[]>
}

/** The encoded bytes of families that did not change since their last page. */
export interface FamilyCache {
  /** A family's part of a page: the kept one when nothing changed, else what `write` makes, which is kept. */
  pieces(family: Family, write: () => Promise<readonly Uint8Array[]>): Promise<readonly Uint8Array[]>
}

/**
 * Keeps bytes behind weak references: an idle process has its pages nearly for free, and a busy one gives the memory
 * back at the next collection of garbage.
 */
export function createFamilyCache(): FamilyCache {
  const kept = new WeakMap<Family, Kept>()
  return {
    async pieces(family, write) {
      // Before writing, never after: what is recorded while a pause lasts must make the next scrape write anew.
      const version = family.version?.()
      if (version === undefined) return write()
      const last = kept.get(family)
      const known = last?.version === version ? last.pieces.deref() : undefined
      if (known !== undefined) return known
      const pieces = await write()
      // Old edge runtimes (workerd before its compatibility date 2025-05-05) have none, and write anew each time.
      if (typeof WeakRef === 'undefined') return pieces
      kept.set(family, { version, pieces: new WeakRef(pieces) })
      return pieces
    },
  }
}
