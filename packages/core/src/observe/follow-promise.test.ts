import { Readable } from 'node:stream'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createTestRecorder } from '@quipu/testing'
import { describe, expect, it, vi } from 'vitest'
import { follow } from './follow.js'
import type { Ending } from './following.js'

function followed<T>(run: () => T) {
  const endings: Ending[] = []
  return { result: follow(run, (ending) => void endings.push(ending)), endings }
}

const failure = new Error('failure')
const returned = (result: unknown) => ({ kind: 'returned', result })
const threw = (thrown: unknown) => ({ kind: 'threw', thrown })

describe('a proxy of a promise', () => {
  it('that cannot be awaited is returned unchanged, and fails as before', async () => {
    const proxy = new Proxy(Promise.resolve(1), {})
    const alone = await Promise.resolve(proxy).catch((error: unknown) => String(error))
    const { result, endings } = followed(() => proxy)
    expect(result).toBe(proxy)
    expect(await Promise.resolve(result).catch((error: unknown) => String(error))).toBe(alone)
    expect(endings).toMatchObject([{ kind: 'threw' }])
  })

  it('that binds its methods is followed', async () => {
    const bound = new Proxy(Promise.resolve(7), {
      get(target, key) {
        const value: unknown = Reflect.get(target, key)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const { result, endings } = followed(() => bound)
    expect(result).toBe(bound)
    expect(await result).toBe(7)
    expect(endings).toEqual([returned(7)])
  })

  it('does not make a helper throw', () => {
    const recorder = createTestRecorder()
    const proxy = new Proxy(Promise.resolve(1), {})
    expect(recorder.withFeature('f', () => proxy)).toBe(proxy)
    expect(recorder.withLlmCall({}, () => proxy)).toBe(proxy)
    expect(recorder.withToolCall('t', () => proxy)).toBe(proxy)
    expect(recorder.withUserAction('a', () => proxy)).toBe(proxy)
    expect(recorder.withUser('u', () => proxy)).toBe(proxy)
  })
})

describe('a promise of another class', () => {
  /** Like bluebird and the clients of model providers, each method uses internal functions instead of `then`. */
  class LazyPromise<T> extends Promise<T> {
    work: (() => Promise<T>) | undefined
    static of<T>(work: () => Promise<T>): LazyPromise<T> {
      const lazy = new LazyPromise<T>((resolve) => resolve(undefined as T))
      lazy.work = work
      return lazy
    }
    static override get [Symbol.species]() {
      return Promise
    }
    #started: Promise<T> | undefined
    #start(): Promise<T> {
      this.#started ??= this.work?.() ?? Promise.reject(new Error('no work'))
      return this.#started
    }
    // biome-ignore lint/suspicious/noThenProperty: a lazy promise has a `then`
    override then<A = T, B = never>(
      onValue?: ((value: T) => A | PromiseLike<A>) | null,
      onError?: ((error: unknown) => B | PromiseLike<B>) | null,
    ): Promise<A | B> {
      return this.#start().then(onValue, onError)
    }
    override catch<B = never>(onError?: ((error: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
      return this.#start().catch(onError)
    }
    override finally(onEnd?: (() => void) | null): Promise<T> {
      return this.#start().finally(onEnd)
    }
  }

  it.each<[string, (promise: LazyPromise<unknown>) => Promise<unknown>]>([
    ['await', async (promise) => await promise],
    ['then', (promise) => promise.then((value) => value)],
    ['catch', (promise) => promise.catch((error: unknown) => error)],
    ['finally', (promise) => promise.finally(() => undefined)],
    ['Promise.all', async (promise) => (await Promise.all([promise]))[0]],
  ])('is not asked, and ends once when it is asked by %s', async (_, use) => {
    const work = vi.fn(async () => 'value')
    const lazy = LazyPromise.of(work)
    const { result, endings } = followed(() => lazy)
    await null
    expect([result === lazy, work.mock.calls.length, endings]).toEqual([true, 0, []])
    expect(await use(result)).toBe('value')
    expect([work.mock.calls.length, endings]).toEqual([1, [returned('value')]])
  })

  it.each<[string, (promise: LazyPromise<unknown>) => Promise<unknown>]>([
    ['catch', (promise) => promise.catch((error: unknown) => error)],
    ['catch without a handler', (promise) => promise.catch().then(undefined, (error: unknown) => error)],
    ['finally', (promise) => promise.finally(() => undefined).then(undefined, (error: unknown) => error)],
  ])('fails once when its failure is asked by %s', async (_, use) => {
    const { result, endings } = followed(() => LazyPromise.of(async () => Promise.reject(failure)))
    expect(await use(result)).toBe(failure)
    expect(endings).toEqual([threw(failure)])
  })

  it('passes on what `then` has no handler for', async () => {
    const { result } = followed(() => LazyPromise.of(async () => Promise.reject(failure)))
    await expect(result.then((value) => value)).rejects.toBe(failure)
    const { result: fulfilled } = followed(() => LazyPromise.of(async () => 'value'))
    expect(await fulfilled.then(undefined, () => 'handled')).toBe('value')
  })

  /** Like bluebird's: classes before the handler select the errors that it gets. */
  class FilteringPromise extends LazyPromise<unknown> {
    static start(thrown: unknown): FilteringPromise {
      const promise = new FilteringPromise((resolve) => resolve(undefined))
      promise.work = () => Promise.reject(thrown)
      return promise
    }
    override catch(...args: readonly unknown[]): Promise<never> {
      const classes = args.slice(0, -1)
      const handler = args.at(-1)
      return super.catch((thrown) => {
        const isMeant = classes.every((each) => typeof each === 'function' && Object(thrown) instanceof each)
        if (isMeant && typeof handler === 'function') return handler(thrown)
        throw thrown
      }) as Promise<never>
    }
  }

  it.each([
    [new TypeError('a'), TypeError, 'handled'],
    [new RangeError('a'), TypeError, 'not handled'],
    [new RangeError('a'), Error, 'handled'],
    ['a text', Error, 'not handled'],
  ])('whose catch(%o) selects %o is %s as before', async (thrown, errors, outcome) => {
    const { result, endings } = followed(() => FilteringPromise.start(thrown))
    const caught = result
      .catch(errors, () => 'handled')
      .then(
        (value) => value,
        () => 'not handled',
      )
    expect(await caught).toBe(outcome)
    expect(endings.every((ending) => ending.kind === 'threw' && ending.thrown === thrown)).toBe(true)
  })

  it('of another realm is followed', async () => {
    const { result, endings } = followed<Promise<number>>(() => runInNewContext('Promise.resolve(1)'))
    expect(await result).toBe(1)
    expect(endings).toEqual([returned(1)])
  })

  it('can replace the global while promises of async functions are still followed', async () => {
    const original = globalThis.Promise
    class OtherPromise<T> extends original<T> {}
    globalThis.Promise = OtherPromise as PromiseConstructor
    try {
      const { result, endings } = followed(async () => 'value')
      expect(await result).toBe('value')
      expect(endings).toEqual([returned('value')])
    } finally {
      globalThis.Promise = original
    }
  })
})

it('a promise keeps its own properties', async () => {
  const process = Object.assign(Promise.resolve('done'), { pid: 42, kill: () => true })
  const { result } = followed(() => process)
  expect([result.pid, result.kill(), await result]).toEqual([42, true, 'done'])
})

describe('a stream that is looped over', () => {
  const stream = () => ({
    controller: new AbortController(),
    async *[Symbol.asyncIterator]() {
      yield 1
      yield 2
    },
  })

  it.each<[string, () => unknown]>([
    ['returned', stream],
    ['promised', async () => stream()],
  ])('ends when it has been read, where it is %s', async (_, make) => {
    const { result, endings } = followed(make)
    const read = (await result) as AsyncIterable<number>
    expect(endings).toEqual([])
    const seen: number[] = []
    for await (const value of read) seen.push(value)
    expect([seen, endings]).toEqual([[1, 2], [returned(undefined)]])
  })

  it('counts as left when its reader leaves', async () => {
    const { result, endings } = followed(stream)
    for await (const _value of result) break
    expect(endings).toEqual([{ kind: 'left' }])
  })

  it('that can be read in other ways ends when it is returned', () => {
    for (const other of [new ReadableStream(), Readable.from([1]), { ...stream(), on: () => undefined }]) {
      expect(followed(() => other).endings).toEqual([returned(other)])
    }
  })

  it('that can no longer be read has ended', async () => {
    setFlagsFromString('--expose-gc')
    const collect: unknown = runInNewContext('gc')
    const { endings } = followed(stream)
    await vi.waitFor(() => {
      if (typeof collect === 'function') collect()
      expect(endings).toEqual([{ kind: 'collected' }])
    })
  })
})
