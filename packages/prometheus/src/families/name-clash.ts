import { type Family, type FamilyType, takenNames } from './family.js'

type Named = Pick<Family, 'name' | 'type'>

/** Why a family is left out: another type has one of its names, or its like is there already. */
export type Clash = 'type_conflict' | 'name_taken'

/** Who has which name of a page. */
export type TakenNames = Map<string, { readonly name: string; readonly type: FamilyType }>

/** Takes a family's names. */
export function takeNames(taken: TakenNames, family: Named): void {
  for (const name of takenNames(family)) taken.set(name, family)
}

/** Whether one of a family's names is taken, `foo_total` by the counter `foo` for instance, and how. */
export function findClash(taken: TakenNames, family: Named): Clash | undefined {
  for (const name of takenNames(family)) {
    const holder = taken.get(name)
    if (holder !== undefined)
      return holder.name === family.name && holder.type === family.type ? 'name_taken' : 'type_conflict'
  }
  return undefined
}
