import type { Family } from '../families/family.js'

interface Kept {
  readonly version: number
  readonly pieces: WeakRef<readonly Uint8Array[]> | undefined
}

/** The encoded bytes of families that did not change since their last page. */
export interface FamilyCache {
  /** What is known of a family: to be asked before it is written, never after. */
  look(family: Family): Looked
}

export interface Looked {
  /** Its bytes, when nothing changed since they were written. */
  readonly pieces: readonly Uint8Array[] | undefined
  /** Whether nothing was recorded between the last page and this one. */
  readonly isStill: boolean
  /** Keeps its bytes, written after this look. */
  keep(pieces: readonly Uint8Array[]): void
  /** Keeps only that there was a page. */
  pass(): void
}

const never: Looked = { pieces: undefined, isStill: false, keep: () => undefined, pass: () => undefined }

/**
 * Keeps bytes behind weak references: an idle process has its pages nearly for free, and a busy one gives the memory
 * back at the next collection of garbage.
 */
export function createFamilyCache(): FamilyCache {
  const kept = new WeakMap<Family, Kept>()
  return {
    look(family) {
      // Before writing: what is recorded while a pause lasts must make the next scrape write anew.
      const version = family.version?.()
      if (version === undefined) return never
      const last = kept.get(family)
      const isStill = last?.version === version
      return {
        isStill,
        pieces: isStill ? last.pieces?.deref() : undefined,
        keep(pieces) {
          // Old edge runtimes (workerd before its compatibility date 2025-05-05) have none, and write anew each time.
          if (typeof WeakRef !== 'undefined') kept.set(family, { version, pieces: new WeakRef(pieces) })
        },
        pass: () => void kept.set(family, { version, pieces: undefined }),
      }
    },
  }
}
