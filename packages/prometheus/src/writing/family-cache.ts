import type { Family } from '../families/family.js'

interface Kept {
  readonly version: number
  readonly pieces: WeakRef<readonly Uint8Array[]> | undefined
}

/** The encoded bytes of families that did not change since their last page. */
export interface FamilyCache {
  /** Looks a family up. Call it before writing the family, never after. */
  lookUp(family: Family): CacheEntry
}

export interface CacheEntry {
  /** The family's bytes, if it is unchanged since they were written. */
  readonly pieces: readonly Uint8Array[] | undefined
  /** Whether nothing was recorded since the last page. */
  readonly isUnchanged: boolean
  /** Caches bytes that were written after this look-up. */
  keep(pieces: readonly Uint8Array[]): void
  /** Caches only the fact that there was a page. */
  markWritten(): void
}

const never: CacheEntry = { pieces: undefined, isUnchanged: false, keep: () => undefined, markWritten: () => undefined }

/**
 * Caches bytes behind weak references: pages of an idle process cost almost nothing, and a busy process frees the
 * memory at the next garbage collection.
 */
export function createFamilyCache(): FamilyCache {
  const kept = new WeakMap<Family, Kept>()
  return {
    lookUp(family) {
      // Read before writing: a value recorded during a pause must make the next scrape write again.
      const version = family.version?.()
      if (version === undefined) return never
      const last = kept.get(family)
      const isUnchanged = last?.version === version
      return {
        isUnchanged,
        pieces: isUnchanged ? last.pieces?.deref() : undefined,
        keep(pieces) {
          // Old edge runtimes (workerd before its compatibility date 2025-05-05) have no WeakRef and write every time.
          if (typeof WeakRef !== 'undefined') kept.set(family, { version, pieces: new WeakRef(pieces) })
        },
        markWritten: () => void kept.set(family, { version, pieces: undefined }),
      }
    },
  }
}
