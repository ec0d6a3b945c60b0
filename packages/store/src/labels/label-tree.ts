import type { SeriesCell } from '../series/series-cell.js'

type Branch = Map<unknown, Branch | SeriesCell>
type Values = readonly (string | undefined)[]

/**
 * Series by their label values, one level per label. Identity is exact: 200 equals "200", and no joined keys can
 * collide. Finding a series allocates nothing. Keys are canonical values, so that a caller's values are never kept.
 */
export class LabelTree {
  readonly #root: Branch = new Map()
  readonly #depth: number
  // The first three names have their own fields: reading them from the list costs a third of a look-up.
  readonly #name0: string
  readonly #name1: string
  readonly #name2: string
  readonly #names: readonly string[]

  constructor(names: readonly string[]) {
    this.#names = names
    this.#depth = names.length
    this.#name0 = names[0] ?? ''
    this.#name1 = names[1] ?? ''
    this.#name2 = names[2] ?? ''
  }

  /**
   * Returns the series of a label object with canonical values, as in most calls after the first. All levels hold
   * branches, except the last, which holds cells; the casts express this.
   */
  find(labels: { readonly [name: string]: unknown }): SeriesCell | undefined {
    switch (this.#depth) {
      case 1:
        return this.#root.get(labels[this.#name0]) as SeriesCell | undefined
      case 2: {
        const first = this.#root.get(labels[this.#name0]) as Branch | undefined
        return first === undefined ? undefined : (first.get(labels[this.#name1]) as SeriesCell | undefined)
      }
      case 3: {
        const first = this.#root.get(labels[this.#name0]) as Branch | undefined
        if (first === undefined) return undefined
        const second = first.get(labels[this.#name1]) as Branch | undefined
        return second === undefined ? undefined : (second.get(labels[this.#name2]) as SeriesCell | undefined)
      }
      default: {
        let node: Branch | SeriesCell | undefined = this.#root
        for (let i = 0; i < this.#depth; i++) {
          if (node === undefined) return undefined
          node = (node as Branch).get(labels[this.#names[i] ?? ''])
        }
        return node as SeriesCell | undefined
      }
    }
  }

  /** @param values one for each label, of which there is at least one */
  get(values: Values): SeriesCell | undefined {
    let node: Branch | SeriesCell | undefined = this.#root
    for (const value of values) {
      if (node === undefined) return undefined
      node = (node as Branch).get(value)
    }
    return node as SeriesCell | undefined
  }

  set(values: Values, cell: SeriesCell): void {
    let branch = this.#root
    for (let i = 0; i < values.length - 1; i++) {
      let next = branch.get(values[i]) as Branch | undefined
      if (next === undefined) {
        next = new Map()
        branch.set(values[i], next)
      }
      branch = next
    }
    branch.set(values[values.length - 1], cell)
  }

  delete(values: Values): void {
    this.#prune(this.#root, values, 0)
  }

  #prune(branch: Branch, values: Values, level: number): void {
    if (level === values.length - 1) {
      branch.delete(values[level])
      return
    }
    const next = branch.get(values[level]) as Branch | undefined
    if (next === undefined) return
    this.#prune(next, values, level + 1)
    if (next.size === 0) branch.delete(values[level])
  }
}
