import { type Family, type FamilyType, takenNames } from './family.js'

type Named = Pick<Family, 'name' | 'type'>

/**
 * Why a family is left out: a family of another type has one of its names, or the same family is already on the page.
 */
export type Clash = 'type_conflict' | 'name_taken'

/** The family of each name on a page. */
export type TakenNames = Map<string, { readonly name: string; readonly type: FamilyType }>

/** Adds a family's names. */
export function takeNames(taken: TakenNames, family: Named): void {
  for (const name of takenNames(family)) taken.set(name, family)
}

/**
 * Returns how one of a family's names is taken, such as `foo_total` by the counter `foo`; undefined when all are free.
 */
export function findClash(taken: TakenNames, family: Named): Clash | undefined {
  for (const name of takenNames(family)) {
    const holder = taken.get(name)
    if (holder !== undefined)
      return holder.name === family.name && holder.type === family.type ? 'name_taken' : 'type_conflict'
  }
  return undefined
}
