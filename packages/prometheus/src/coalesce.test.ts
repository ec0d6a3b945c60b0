import { expect, it } from 'vitest'
import { coalesce, TimedOut } from './coalesce.js'

it('callers share work in progress; a later caller starts new work', async () => {
  let runs = 0
  const shared = coalesce(async () => ++runs)
  expect(await Promise.all([shared(1000), shared(1000), shared(1000)])).toEqual([1, 1, 1])
  expect(await shared(1000)).toBe(2)
})

it('callers share a failure; a later caller starts new work', async () => {
  let runs = 0
  const shared = coalesce(async () => {
    if (++runs === 1) throw new Error('no')
    return runs
  })
  const answers = await Promise.allSettled([shared(1000), shared(1000)])
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await shared(1000)).toBe(2)
})

it('work that throws before it begins is a rejection', async () => {
  const shared = coalesce((): Promise<never> => {
    throw new RangeError('no')
  })
  await expect(shared(1000)).rejects.toThrow(RangeError)
})

it('work that hangs is not shared with callers after its time limit', async () => {
  let runs = 0
  const shared = coalesce(() => (++runs === 1 ? new Promise<number>(() => undefined) : Promise.resolve(runs)))
  await expect(shared(10)).rejects.toThrow(TimedOut)
  // A shorter time limit than the first: a timer of 10 ms may fire after 9.9 ms.
  expect(await shared(5)).toBe(2)
})

it('work that fails after its time limit causes no unhandled rejection', async () => {
  let fail = (_: Error): void => undefined
  const late = new Promise<never>((_, reject) => {
    fail = reject
  })
  await expect(coalesce(() => late)(1)).rejects.toThrow('not done after 1 ms')
  fail(new Error('late'))
  await new Promise(setImmediate)
})
