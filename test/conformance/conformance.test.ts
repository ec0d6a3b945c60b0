import { describe, expect, test } from 'vitest'
import { promises } from './promises.js'
import { tables } from './rows.js'

const rows = Object.values(tables).flatMap((checks) => Object.entries(checks))
const checks = new Map(rows)

test('the list of promises is complete: A1–A64, S1–S53, K1–K35, T1–T32', () => {
  const upTo = (letter: string, last: number) => Array.from({ length: last }, (_, i) => `${letter}${i + 1}`)
  const whole = [...upTo('A', 64), ...upTo('S', 53), ...upTo('K', 35), ...upTo('T', 32)]
  expect(promises.map(({ number }) => number)).toEqual(whole)
})

test('every promise has one row', () => {
  expect(rows.map(([number]) => number).sort()).toEqual(promises.map(({ number }) => number).sort())
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
