import { type Family, takenNames } from './family.js'

/** Which families a scrape asks for. */
export type NameFilter = (family: Family) => boolean

const all: NameFilter = () => true

/**
 * The filter of a `name[]` query: a family is on the page when its name, or the name of one of its samples, is asked
 * for. No names ask for everything.
 */
export function nameFilter(names: readonly string[] | undefined): NameFilter {
  if (names === undefined || names.length === 0) return all
  const wanted = new Set(names)
  return (family) => wanted.has(family.name) || takenNames(family).some((name) => wanted.has(name))
}
