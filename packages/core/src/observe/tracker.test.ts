import 'reflect-metadata'
import { fileURLToPath } from 'node:url'
import { createTestRecorder } from '@quipu/testing'
import { type TransformOptions, transformSync } from 'esbuild'
import { beforeEach, describe, expect, it } from 'vitest'

const create = () => createTestRecorder()
let recorder: ReturnType<typeof create>
beforeEach(() => {
  recorder = create()
})
const used = (name = 'search') => recorder.value('feature_usage_total', { feature_name: name })
const timed = (name = 'search') => recorder.value('feature_duration_seconds', { feature_name: name })

describe('a wrapped function', () => {
  it('keeps name, length, properties, class and metadata', () => {
    const fn = Object.assign(
      function search(_query: string, _limit: number) {
        return 'found'
      },
      { displayName: 'Search', [Symbol.for('mark')]: 1 },
    )
    Reflect.defineMetadata('route', '/search', fn)
    const wrapped = recorder.trackFeature('search', fn)
    expect([wrapped.name, wrapped.length, wrapped.displayName, wrapped[Symbol.for('mark')]]).toEqual([
      'search',
      2,
      'Search',
      1,
    ])
    expect(Reflect.getMetadata('route', wrapped)).toBe('/search')
    expect(recorder.trackFeature('search', async () => 1).constructor.name).toBe('AsyncFunction')
    expect(used()).toBe(0)
  })

  it('keeps this and arguments', () => {
    const holder = {
      factor: 2,
      times: recorder.trackFeature('search', function (this: { factor: number }, n: number) {
        return this.factor * n
      }),
    }
    expect(holder.times(21)).toBe(42)
    expect(used()).toBe(1)
  })

  it('is timed separately for each call, also if calls overlap or nest', async () => {
    const wait = recorder.trackFeatureAsync('search', async (ms: number) => {
      const until = recorder.clock.monotonicMs() + ms
      while (recorder.clock.monotonicMs() < until) await Promise.resolve()
    })
    const both = [wait(100), wait(300)]
    recorder.clock.advanceMs(100)
    await both[0]
    recorder.clock.advanceMs(200)
    await Promise.all(both)
    expect(timed()).toMatchObject({ count: 2, sum: 0.4 })
    const outer = recorder.trackFeature('outer', () =>
      recorder.trackFeature('inner', () => recorder.clock.advanceMs(10))(),
    )
    outer()
    expect([timed('outer'), timed('inner')]).toMatchObject([{ sum: 0.01 }, { sum: 0.01 }])
  })

  it('that is not a function is returned unchanged', () => {
    expect(recorder.trackFeature('search', undefined as unknown as () => void)).toBeUndefined()
    expect(recorder.trackFeature('search', null as unknown as () => void)).toBeNull()
  })
})

/** The same class with both standards of decorators. */
const source = `
export function define(track, trackAsync, trackCall, log) {
  class Analyzer {
    factor = 2
    model = 'gpt-4'
    @track('plain') times(n, ..._more) { return this.factor * n }
    @trackAsync('async') async later(n) { await null; return this.factor * n }
    @track('failing') fail() { throw log.error }
    @track('rejecting') async reject() { await null; throw log.error }
    @track('rows') *rows() { yield 1; yield 2 }
    @track('stream') async *stream() { yield 1; yield 2 }
    @track('static') static count() { return this.total }
    static total = 7
    @track('symbol') [Symbol.for('method')]() { return this.factor }
    @trackCall('generate_response') async generate({ prompt }) { return { content: prompt, usage: { input_tokens: 3, output_tokens: 1 } } }
    @track('same') @track('twice') both() { return 1 }
  }
  return Analyzer
}
`
function compile(options: TransformOptions, text: string) {
  const { code } = transformSync(text, {
    loader: 'ts',
    format: 'esm',
    target: 'node20',
    sourcefile: fileURLToPath(import.meta.url),
    ...options,
  })
  return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`)
}

describe.each([
  ['TC39’s', false],
  ['the legacy', true],
] as const)('a method decorated under %s standard', (_, experimentalDecorators) => {
  const log = { error: new RangeError('failure') }
  const load = async () => {
    const { define } = await compile({ tsconfigRaw: { compilerOptions: { experimentalDecorators } } }, source)
    return define(recorder.trackFeature, recorder.trackFeatureAsync, recorder.trackLlmCall, log)
  }

  it('keeps its result, this, name and length', async () => {
    const Analyzer = await load()
    const analyzer = new Analyzer()
    expect([analyzer.times(21), await analyzer.later(4)]).toEqual([42, 8])
    expect([analyzer.times.name, analyzer.times.length, analyzer.later.constructor.name]).toEqual([
      'times',
      1,
      'AsyncFunction',
    ])
    expect([used('plain'), used('async')]).toEqual([1, 1])
    expect(Object.keys(analyzer)).toEqual(['factor', 'model'])
  })

  it('throws its error, which is counted by class', async () => {
    const analyzer = new (await load())()
    expect(() => analyzer.fail()).toThrow(log.error)
    await expect(analyzer.reject()).rejects.toBe(log.error)
    for (const feature_name of ['failing', 'rejecting']) {
      expect(recorder.value('feature_errors_total', { feature_name, error_type: 'RangeError' })).toBe(1)
      expect(timed(feature_name)).toMatchObject({ count: 1 })
    }
  })

  it('is timed until its rows are read', async () => {
    const analyzer = new (await load())()
    for (const name of ['rows', 'stream']) {
      const rows = analyzer[name]()
      expect(timed(name)).toMatchObject({ count: 0 })
      recorder.clock.advanceMs(500)
      const seen = []
      for await (const row of rows) seen.push(row)
      expect(seen).toEqual([1, 2])
      expect(timed(name)).toMatchObject({ count: 1, sum: 0.5 })
    }
  })

  it('can be static, named by a symbol, or decorated twice', async () => {
    const Analyzer = await load()
    expect(Analyzer.count()).toBe(7)
    expect(new Analyzer()[Symbol.for('method')]()).toBe(2)
    expect(new Analyzer().both()).toBe(1)
    expect([used('static'), used('symbol'), used('same'), used('twice')]).toEqual([1, 1, 1, 1])
  })

  it('can be a model call, whose model is a property of the object', async () => {
    const analyzer = new (await load())()
    expect(await analyzer.generate({ prompt: 'Hello' })).toEqual({
      content: 'Hello',
      usage: { input_tokens: 3, output_tokens: 1 },
    })
    expect(recorder.value('llm_requests_total', { model: 'gpt-4', endpoint: 'generate_response' })).toBe(1)
    expect(recorder.value('llm_tokens_total', { model: 'gpt-4', type: 'total' })).toBe(4)
  })
})

it('a private method can be decorated, if the standard allows it', async () => {
  const { define } = await compile(
    {},
    `export function define(track) {
      return class Holder {
        factor = 2
        static total = 7
        @track('private') #hidden() { return this.factor }
        @track('private_static') static #secret() { return this.total }
        unveil() { return [this.#hidden(), Holder.#secret()] }
      }
    }`,
  )
  expect(new (define(recorder.trackFeature))().unveil()).toEqual([2, 7])
  expect([used('private'), used('private_static')]).toEqual([1, 1])
})

it('a decorated target that is not a method stays unchanged', async () => {
  for (const experimentalDecorators of [true, false]) {
    const { define } = await compile(
      { tsconfigRaw: { compilerOptions: { experimentalDecorators } } },
      `export function define(track) {
        class Holder { @track('field') value = 5; @track('getter') get twice() { return this.value * 2 } }
        return Holder
      }`,
    )
    const holder = new (define(recorder.trackFeature))()
    expect([holder.value, holder.twice]).toEqual([5, 10])
  }
})
