import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeriesCell } from '../series/series-cell.js'
import { LabelTree } from './label-tree.js'

const cellOf = (values: readonly (string | undefined)[]) => new SeriesCell(values, new Float64Array(1), 0, 0)
const value = fc.constantFrom('x', 'y', '', 'undefined', undefined)

describe.each([1, 2, 3, 4, 5])('a tree of %i labels', (depth) => {
  const names = ['a', 'b', 'c', 'd', 'e'].slice(0, depth)
  const values = fc.array(value, { minLength: depth, maxLength: depth })

  it('finds exactly the series that were added and not removed, by their values and by a label object', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), values)), fc.array(values), (changes, others) => {
        const tree = new LabelTree(names)
        const expected = new Map<string, SeriesCell>()
        for (const [isAdded, of] of changes) {
          const cell = cellOf(of)
          if (isAdded) tree.set(of, cell)
          else tree.delete(of)
          if (isAdded) expected.set(JSON.stringify(of), cell)
          else expected.delete(JSON.stringify(of))
        }
        for (const of of [...changes.map(([, each]) => each), ...others]) {
          const labels = Object.fromEntries(names.map((name, i) => [name, of[i]]))
          expect(tree.get(of)).toBe(expected.get(JSON.stringify(of)))
          expect(tree.find({ ...labels, undeclared: 'x' })).toBe(expected.get(JSON.stringify(of)))
        }
      }),
    )
  })
})
