import { type Context, context, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createStore } from '../create-store.js'
import type { Store } from '../store.js'

let active: Context = ROOT_CONTEXT
beforeAll(() => {
  context.setGlobalContextManager({
    active: () => active,
    with: (_context, fn, self, ...args) => fn.apply(self as never, args),
    bind: (_context, target) => target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
})
afterAll(() => context.disable())
afterEach(() => {
  active = ROOT_CONTEXT
  vi.unstubAllEnvs()
})

const span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
function runIn(traceFlags: TraceFlags): void {
  active = trace.setSpanContext(ROOT_CONTEXT, { ...span, traceFlags })
}

function exemplarOf(store: Store): unknown {
  store.metrics.user_logins_total.add(1)
  const reading = store.readings().find(({ name }) => name === 'user_logins_total')
  return reading?.cells()[0]?.exemplars?.[0]
}

describe('exemplars: true', () => {
  it.each([
    ['a sampled trace is kept', TraceFlags.SAMPLED, span],
    ['one that is not sampled is not', TraceFlags.NONE, undefined],
  ])('%s', (_, flags, kept) => {
    runIn(flags)
    const exemplar = exemplarOf(createStore({ exemplars: true }))
    if (kept === undefined) expect(exemplar).toBeUndefined()
    else expect(exemplar).toMatchObject({ ...kept, value: 1 })
  })

  it('has no exemplar outside a trace', () => {
    expect(exemplarOf(createStore({ exemplars: true }))).toBeUndefined()
  })

  it('can be set later', () => {
    runIn(TraceFlags.SAMPLED)
    const store = createStore()
    expect(exemplarOf(store)).toBeUndefined()
    store.configure({ exemplars: true })
    expect(exemplarOf(store)).toMatchObject(span)
    store.configure({ exemplars: false })
    expect(() => store.metrics.user_logins_total.add(1)).not.toThrow()
  })
})

describe('OTEL_METRICS_EXEMPLAR_FILTER', () => {
  it.each([
    ['trace_based', TraceFlags.SAMPLED, true],
    ['trace_based', TraceFlags.NONE, false],
    ['always_on', TraceFlags.NONE, true],
    ['always_off', TraceFlags.SAMPLED, false],
    ['nonsense', TraceFlags.SAMPLED, false],
    [undefined, TraceFlags.SAMPLED, false],
  ])('%s, flags %d', (filter, flags, isKept) => {
    vi.stubEnv('OTEL_METRICS_EXEMPLAR_FILTER', filter)
    runIn(flags)
    expect(exemplarOf(createStore()) !== undefined).toBe(isKept)
  })

  it('yields to the option in code', () => {
    vi.stubEnv('OTEL_METRICS_EXEMPLAR_FILTER', 'trace_based')
    runIn(TraceFlags.SAMPLED)
    expect(exemplarOf(createStore({ exemplars: false }))).toBeUndefined()
  })
})
