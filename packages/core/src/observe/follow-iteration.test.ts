import { describe, expect, it } from 'vitest'
import { followed } from '../../fixtures/followed.js'

const failure = new Error('failure')

function* generator(): Generator<number, number> {
  yield 1
  yield 2
  return 3
}

async function* asyncGenerator(): AsyncGenerator<number, number> {
  yield* generator()
  return 3
}

describe.each([
  ['a generator', generator],
  ['an async generator', asyncGenerator],
] as const)('%s', (_, generate) => {
  const start = () => {
    const { result, endings } = followed<Generator<number> | AsyncGenerator<number>>(generate)
    return { rows: result(), endings }
  }

  it('ends when it was read completely, not when it is returned', async () => {
    const { rows, endings } = start()
    expect(endings).toEqual([])
    const seen: number[] = []
    for await (const row of rows) seen.push(row)
    expect(seen).toEqual([1, 2])
    expect(endings).toEqual(['ended'])
  })

  it('has ended when its reader leaves', async () => {
    const { rows, endings } = start()
    for await (const _row of rows) break
    expect(endings).toEqual(['left'])
  })

  it('has ended by return()', async () => {
    const { rows, endings } = start()
    expect(await rows.return(9)).toEqual({ done: true, value: 9 })
    expect(endings).toEqual(['left'])
  })

  it('has failed by throw()', async () => {
    const { rows, endings } = start()
    await rows.next()
    await expect((async () => rows.throw(failure))()).rejects.toBe(failure)
    expect(endings).toEqual([{ thrown: failure }])
  })

  it('keeps its results and its type', async () => {
    const { rows } = start()
    expect([await rows.next(), await rows.next(), await rows.next()]).toEqual([
      { done: false, value: 1 },
      { done: false, value: 2 },
      { done: true, value: 3 },
    ])
    expect(Object.keys(rows)).toEqual([])
    expect(Object.prototype.toString.call(rows)).toMatch(/Generator/)
  })
})

describe('a generator that throws', () => {
  it('fails with the same error', async () => {
    const { result, endings } = followed(async function* () {
      yield 1
      throw failure
    })
    const read = async () => {
      for await (const _row of result());
    }
    await expect(read()).rejects.toBe(failure)
    expect(endings).toEqual([{ thrown: failure }])
  })
})

it('a custom iterator ends like a generator', () => {
  const { result, endings } = followed(() => [1, 2, 3].values())
  expect([...result()]).toEqual([1, 2, 3])
  expect(endings).toEqual(['ended'])
})

it('an object that only has a method of that name is not an iterator', () => {
  const page = { items: [1], next: () => 'https://example.com/2' }
  const { result, endings } = followed(() => page)
  expect(result()).toBe(page)
  expect(endings).toEqual([{ value: page }])
})
