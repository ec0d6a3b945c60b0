import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { followed } from '../../fixtures/followed.js'
import { follow } from './follow.js'

const failure = new Error('failure')
const fail = (): never => {
  throw failure
}

describe('a function', () => {
  it.each([1, 'text', null, undefined, Symbol.iterator, { a: 1 }, [1], new Map(), () => 1])(
    'that returns %o returns it',
    (value) => {
      const { result, endings } = followed(() => value)
      expect(result()).toBe(value)
      expect(endings).toHaveLength(1)
    },
  )

  it.each([failure, 'text', null, undefined, 0, { code: 1 }])('that throws %o throws it', (thrown) => {
    const { result, endings } = followed(() => {
      throw thrown
    })
    let caught: unknown = 'nothing'
    try {
      result()
    } catch (error) {
      caught = error
    }
    expect(caught).toBe(thrown)
    expect(endings).toEqual([{ thrown }])
  })
})

describe('a promise', () => {
  it('ends when it is fulfilled, with its value', async () => {
    const { result, endings } = followed(async () => 'value')
    const promise = result()
    expect(endings).toEqual([])
    expect(await promise).toBe('value')
    expect(endings).toEqual([{ value: 'value' }])
  })

  it('ends when it is rejected, with the same error', async () => {
    const { result, endings } = followed(async () => {
      throw failure
    })
    await expect(result()).rejects.toBe(failure)
    expect(endings).toEqual([{ thrown: failure }])
  })

  it.each<[string, (run: () => Promise<void>) => unknown]>([
    ['is not handled', (run) => void run()],
    ['is caught', (run) => run().catch(() => undefined)],
    [
      'two handle',
      (run) => {
        const promise = run()
        promise.catch(() => undefined)
        promise.then(undefined, () => undefined)
      },
    ],
    [
      'one of two handles',
      (run) => {
        const promise = run()
        promise.catch(() => undefined)
        promise.then(() => undefined)
      },
    ],
    [
      'is handled later',
      (run) => {
        const promise = run()
        queueMicrotask(() => promise.catch(() => undefined))
      },
    ],
  ])('that is rejected and that %s is as unhandled as it would be', async (_, use) => {
    const run = async (): Promise<void> => {
      throw failure
    }
    const unwrapped = await unhandledBy(() => use(run))
    expect(await unhandledBy(() => use(() => follow(run, () => undefined)))).toBe(unwrapped)
  })
})

/** The number of unhandled rejections that a function causes. */
async function unhandledBy(begin: () => unknown): Promise<number> {
  const before = process.listeners('unhandledRejection')
  let count = 0
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', () => count++)
  try {
    begin()
    await delay(5)
  } finally {
    process.removeAllListeners('unhandledRejection')
    for (const listener of before) process.on('unhandledRejection', listener)
  }
  return count
}

describe('a thenable of another kind', () => {
  class LazyQuery {
    runs = 0
    // biome-ignore lint/suspicious/noThenProperty: a query builder has a `then`
    then<R>(onValue: (value: string) => R): Promise<R> {
      this.runs++
      return Promise.resolve('rows').then(onValue)
    }
  }

  it('that is lazy is not started, and ends when it is awaited', async () => {
    const query = new LazyQuery()
    const { result, endings } = followed(() => query)
    const returned = result()
    await delay(0)
    expect(returned).toBe(query)
    expect([query.runs, endings]).toEqual([0, []])
    expect(await returned).toBe('rows')
    expect([query.runs, endings]).toEqual([1, [{ value: 'rows' }]])
  })

  /** Like the clients of model providers: a promise that reads the body when it is awaited. */
  class ApiPromise<T> extends Promise<T> {
    withResponse() {
      return { response: 200 }
    }
  }

  it('that is a promise of another class keeps its class and its methods', async () => {
    const { result, endings } = followed(() => ApiPromise.resolve('parsed') as ApiPromise<string>)
    const returned = result()
    expect(returned).toBeInstanceOf(ApiPromise)
    expect(returned.withResponse()).toEqual({ response: 200 })
    expect(await returned).toBe('parsed')
    expect(endings).toEqual([{ value: 'parsed' }])
  })

  it.each<[string, (promise: Promise<unknown>) => unknown]>([
    ['catch', (promise) => promise.catch((error: unknown) => error)],
    ['finally', (promise) => promise.finally(() => undefined).catch((error: unknown) => error)],
    [
      'await',
      async (promise) => {
        try {
          return await promise
        } catch (error) {
          return error
        }
      },
    ],
  ])('that is rejected ends by %s, with the same error', async (_, use) => {
    const { result, endings } = followed(() => ApiPromise.reject(failure))
    expect(await use(result())).toBe(failure)
    expect(endings).toEqual([{ thrown: failure }])
  })

  it('that is not handled stays one unhandled rejection', async () => {
    expect(
      await unhandledBy(() =>
        follow(
          () => ApiPromise.reject(failure),
          () => undefined,
        ),
      ),
    ).toBe(1)
  })

  it('that is frozen is returned unchanged and has ended', () => {
    const frozen = Object.freeze(new LazyQuery())
    const { result, endings } = followed(() => frozen)
    expect(result()).toBe(frozen)
    expect(endings).toEqual([{ value: frozen }])
  })

  it.each<[string, () => object]>([
    ['a getter that throws', () => Object.defineProperty({}, 'then', { get: fail })],
    ['a proxy that throws', () => new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail })],
    ['a proxy that refuses', () => new Proxy(new LazyQuery(), { defineProperty: () => false })],
  ])('that is %s is returned as it is', (_, make) => {
    const value = make()
    const { result, endings } = followed(() => value)
    expect(result() === value).toBe(true)
    expect(endings).toHaveLength(1)
  })
})

it('deferred work runs in the scope of its run', async () => {
  let inside = false
  const within = <R>(fn: () => R): R => {
    inside = true
    try {
      return fn()
    } finally {
      inside = false
    }
  }
  const seen: boolean[] = []
  function* generate() {
    seen.push(inside)
    yield 1
    seen.push(inside)
  }
  for (const _row of follow(generate, () => undefined, { inside: within })) expect(inside).toBe(false)
  expect(seen).toEqual([true, true])
})
