import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { deferred } from './deferred.js'
import { promises } from './promises.js'
import { tables } from './rows.js'

const rows = Object.values(tables).flatMap((checks) => Object.entries(checks))
const checks = new Map(rows)

test('the list of promises is whole: A1–A64, S1–S53, K1–K35, T1–T32', () => {
  const upTo = (letter: string, last: number) => Array.from({ length: last }, (_, i) => `${letter}${i + 1}`)
  const whole = [...upTo('A', 64), ...upTo('S', 53), ...upTo('K', 35), ...upTo('T', 32)]
  expect(promises.map(({ number }) => number)).toEqual(whole)
})

test('every promise has one row, or one entry in the list of what later work brings', () => {
  const said = [...rows.map(([number]) => number), ...Object.keys(deferred)]
  expect([...said].sort()).toEqual(promises.map(({ number }) => number).sort())
})

describe.each([
  ['Atlas', 'A'],
  ['SecureTrack', 'S'],
  ['Aki', 'K'],
  ['the traps', 'T'],
])('%s', (_, letter) => {
  const own = promises.filter(({ number }) => number.startsWith(letter) && checks.has(number))
  test.each(own.map(({ number, text }) => [number, text]))('%s: %s', async (number) => {
    await checks.get(number)?.()
  })
})

// What is not checked yet is said, not skipped: each of these fails as soon as what it waits for is there.
describe('later work brings', () => {
  const waiting = Object.entries(deferred).map(([number, { why, waitsFor }]) => [number, why, waitsFor])
  test.each(waiting)('%s: %s', (_number, _why, waitsFor) => {
    expect(existsSync(new URL(`../../${waitsFor}`, import.meta.url)), `${waitsFor} is there: write the row`).toBe(false)
  })
})
