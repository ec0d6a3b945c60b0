import { API_SYMBOL } from '@quipu/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

type WhenApiIsUsed = (then: () => void) => () => void

/** A separate copy of the module and of the API, like bundled duplicates. */
async function copy(): Promise<{ whenApiIsUsed: WhenApiIsUsed; api: typeof import('@opentelemetry/api') }> {
  vi.resetModules()
  const { whenApiIsUsed } = await import('./when-api-is-used.js')
  return { whenApiIsUsed, api: await import('@opentelemetry/api') }
}

const property = () => Object.getOwnPropertyDescriptor(globalThis, API_SYMBOL)
let before: PropertyDescriptor | undefined

beforeEach(() => {
  before = property()
  Reflect.deleteProperty(globalThis, API_SYMBOL)
})
afterEach(() => {
  Reflect.deleteProperty(globalThis, API_SYMBOL)
  if (before !== undefined) Object.defineProperty(globalThis, API_SYMBOL, before)
})

test('calls back once, in order, when the application first asks for a meter', async () => {
  const { whenApiIsUsed, api } = await copy()
  const calls: string[] = []
  whenApiIsUsed(() => calls.push('first'))
  whenApiIsUsed(() => calls.push('second'))
  expect(calls).toEqual([])
  api.metrics.getMeter('mine')
  api.metrics.getMeter('mine')
  expect(calls).toEqual(['first', 'second'])
  expect(property()).toBeUndefined()
})

test('calls back at once when something is registered already', async () => {
  const { whenApiIsUsed, api } = await copy()
  api.diag.setLogger({ error() {}, warn() {}, info() {}, debug() {}, verbose() {} })
  const then = vi.fn()
  whenApiIsUsed(then)
  expect(then).toHaveBeenCalledOnce()
})

test('the application gets the provider that the callback registers', async () => {
  const { whenApiIsUsed, api } = await copy()
  const provider = { getMeter: () => api.createNoopMeter() }
  whenApiIsUsed(() => api.metrics.setGlobalMeterProvider(provider))
  expect(api.metrics.getMeterProvider()).toBe(provider)
})

test('an application that registers its provider first keeps it', async () => {
  const { whenApiIsUsed, api } = await copy()
  whenApiIsUsed(() => {})
  const provider = { getMeter: () => api.createNoopMeter() }
  expect(api.metrics.setGlobalMeterProvider(provider)).toBe(true)
  expect(api.metrics.getMeterProvider()).toBe(provider)
})

test('two copies of the package both call back', async () => {
  const one = await copy()
  const two = await copy()
  const calls: string[] = []
  one.whenApiIsUsed(() => calls.push('one'))
  two.whenApiIsUsed(() => calls.push('two'))
  two.api.metrics.getMeter('mine')
  expect(calls).toEqual(['one', 'two'])
  expect(property()).toBeUndefined()
})

test('a cancelled callback is not called, and a thousand of them leave one accessor', async () => {
  const { whenApiIsUsed, api } = await copy()
  const then = vi.fn()
  for (let i = 0; i < 1000; i++) whenApiIsUsed(then)()
  const first = property()?.get
  whenApiIsUsed(then)()
  expect(property()?.get).toBe(first)
  api.metrics.getMeter('mine')
  expect(then).not.toHaveBeenCalled()
})

test('an error in a callback does not reach the application', async () => {
  const { whenApiIsUsed, api } = await copy()
  whenApiIsUsed(() => {
    throw new Error('no such module')
  })
  expect(api.metrics.getMeter('mine')).toBe(api.createNoopMeter())
})
