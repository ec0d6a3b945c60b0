import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createModules, type Modules, type Patch } from './module-runner.js'
import { mutations } from './mutations.js'
import type { Checks } from './promises.js'
import { tables } from './rows.js'
import { withFreshProcess } from './surroundings.js'

// A row that cannot fail is a defect: each is seen failing here, by a small change of the sources.

let modules: Modules
beforeAll(async () => {
  modules = await createModules()
})
afterAll(() => modules.close())

/** The rows as they are with a change made; nothing of theirs is shared with other rows. */
async function rowsWith(patch?: Patch): Promise<Checks> {
  const { tables: loaded } = await modules.load('test/conformance/rows.ts', patch)
  return Object.assign({}, ...Object.values(Object(loaded)))
}

/** What a row throws, or nothing. */
async function failureOf(rows: Checks, number: string): Promise<unknown> {
  try {
    await withFreshProcess(async () => rows[number]?.())
    return undefined
  } catch (error) {
    return error ?? new Error('nothing was thrown')
  }
}

const all = Object.values(tables).flatMap((checks) => Object.keys(checks))

test(`each of ${all.length} rows is seen failing by one of ${mutations.length} changes`, () => {
  const seen = new Set(mutations.flatMap(({ breaks }) => breaks))
  expect(all.filter((number) => !seen.has(number))).toEqual([])
  expect([...seen].filter((number) => !all.includes(number))).toEqual([])
})

test('without a change no row fails where the changes are tried', { timeout: 120_000 }, async () => {
  const rows = await rowsWith()
  const failed: Record<string, unknown> = {}
  for (const number of all) {
    const failure = await failureOf(rows, number)
    if (failure !== undefined) failed[number] = failure
  }
  expect(failed).toEqual({})
})

describe('a change is seen', () => {
  test.each(mutations.map((mutation) => [mutation.breaks.join(' '), mutation.file, mutation] as const))(
    '%s, by one of %s',
    async (_numbers, _file, mutation) => {
      const rows = await rowsWith(mutation)
      const unseen: string[] = []
      for (const number of mutation.breaks) if ((await failureOf(rows, number)) === undefined) unseen.push(number)
      expect(unseen, `${mutation.from} → ${mutation.to}`).toEqual([])
    },
  )
})
