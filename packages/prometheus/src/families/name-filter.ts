import { type Family, takenNames } from './family.js'

/** Returns whether a scrape requests a family. */
export type NameFilter = (family: Family) => boolean

const all: NameFilter = () => true

/**
 * Creates the filter of a `name[]` query: it selects a family by its name or by the name of one of its samples. Without
 * names, it selects all families.
 */
export function nameFilter(names: readonly string[] | undefined): NameFilter {
  if (names === undefined || names.length === 0) return all
  const wanted = new Set(names)
  return (family) => wanted.has(family.name) || takenNames(family).some((name) => wanted.has(name))
}
