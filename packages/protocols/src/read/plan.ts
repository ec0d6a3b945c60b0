import type { Leaf, Selection } from './selection.js'

/** A selection, prepared so that the members of an object are found by the bytes of their names. */
export interface Plan {
  /** What a value is read as; undefined for objects and arrays. */
  readonly leaf: Leaf | undefined
  readonly element: Plan | undefined
  readonly members: readonly Member[] | undefined
  /** Number of this plan among those of the selection. */
  readonly index: number
}

/** A selected member of an object. */
interface Member {
  readonly name: string
  readonly plan: Plan
}

const plans = new Map<Selection, Plan>()

/** Returns the plan of a selection. Selections are constants of the protocols, so that each is prepared once. */
export function planOf(selection: Selection): Plan {
  const known = plans.get(selection)
  if (known !== undefined) return known
  let count = 0
  const prepare = (part: Selection): Plan => {
    const index = count++
    if (typeof part === 'string') return { leaf: part, element: undefined, members: undefined, index }
    if (isArray(part)) return { leaf: undefined, element: prepare(part[0]), members: undefined, index }
    const members = Object.entries(part).map(([name, each]) => ({ name, plan: prepare(each) }))
    return { leaf: undefined, element: undefined, members, index }
  }
  const plan = prepare(selection)
  plans.set(selection, plan)
  return plan
}

function isArray(part: Selection): part is readonly [Selection] {
  return Array.isArray(part)
}
