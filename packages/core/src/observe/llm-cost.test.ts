import { createTestRecorder } from '@quipu/testing'
import { expect, it, vi } from 'vitest'
import { allSeries, type Held } from '../../../store/fixtures/all-series.js'
import { call, chat, only } from '../../fixtures/reported-call.js'
import type { LlmCall, LlmCallOptions, PriceLookup } from '../index.js'

/** Dollars by type and source, to the billionth. */
const costs = (series: Record<string, Held>) =>
  Object.fromEntries(
    Object.entries(only(series, 'llm_cost_usd_total')).map(([name, held]) => [
      /type="(\w+)",source="(\w+)"/.exec(name)?.slice(1).join(' '),
      Number(Number(held).toFixed(9)),
    ]),
  )

it('a call costs the price of the table, with separate prices for parts', () => {
  const prices = { 'gpt-4': { input: 10, output: 30, cacheRead: 1 } }
  const run = (llm: LlmCall) => {
    llm.usage({ inputTokens: 1000, outputTokens: 100, cacheReadTokens: 600, cacheWriteTokens: 100 })
    llm.end()
  }
  const { series } = call(run, chat, { prices })
  // 300 fresh and 100 written at 10, 600 read at 1, 100 out at 30, each per million.
  expect(costs(series)).toEqual({
    'input table': 0.003,
    'cache_read table': 0.0006,
    'cache_write table': 0.001,
    'output table': 0.003,
  })
  expect(costs(call(run).series)).toEqual({})
  const unknown = call(run, { ...chat, model: 'toString' }, { prices }).series
  expect(only(unknown, 'llm_price_unknown_total')).toEqual({ 'llm_price_unknown_total{model="toString"}': 1 })
})

it('a call has the cost that the provider reports, for any prices', () => {
  const prices = { 'gpt-4': { input: 10, output: 30 } }
  const { series } = call(
    (llm) => {
      llm.usage({ inputTokens: 1000 })
      llm.response({ costDollars: 0.5 })
      llm.response({ costDollars: 0.75 })
      llm.end()
    },
    chat,
    { prices },
  )
  expect(costs(series)).toEqual({ 'all provider': 0.75 })
})

it('the cost of a call is the sum of the calls within it', () => {
  const recorder = createTestRecorder()
  recorder.withLlmCall(chat, () => {
    for (const costDollars of [0.25, 0.5]) {
      const inner = recorder.startLlmCall({ model: 'gpt-4', provider: 'openrouter' })
      inner.response({ costDollars })
      inner.end()
    }
  })
  expect(costs(allSeries(recorder))).toEqual({ 'all provider': 0.75 })
})

it('without a price in the table, a call has the price of a look-up for the responding model', () => {
  const asked: unknown[] = []
  const priceOf: PriceLookup = (of) => {
    asked.push([of.provider, of.model])
    return of.model === 'gpt-4-0613' ? { input: { base: 2, tiers: [{ start: 1000, price: 4 }] } } : undefined
  }
  const cost = (inputTokens: number, details: LlmCallOptions = chat) =>
    call(
      (llm) => {
        llm.usage({ inputTokens, cacheReadTokens: inputTokens * 2 })
        llm.response({ model: details === chat ? 'gpt-4-0613' : undefined })
        llm.end()
      },
      details,
      { prices: { own: { input: 1, output: 1 } }, priceOf },
    ).series
  // Cached tokens without a price have the price of input; a count above that of the input gives no negative cost.
  expect(costs(cost(1000))).toEqual({ 'cache_read prices': 0.004 })
  expect(costs(cost(1001))).toEqual({ 'cache_read prices': 0.008008 })
  expect(asked).toEqual([
    ['openai', 'gpt-4-0613'],
    ['openai', 'gpt-4-0613'],
  ])
  expect(costs(cost(1000, { ...chat, model: 'own' }))).toEqual({ 'cache_read table': 0.002 })
  expect(only(cost(5, { ...chat, model: 'new' }), 'llm_price_unknown')).toEqual({
    'llm_price_unknown_total{model="new"}': 1,
  })
})

it('if a look-up throws, a call has no cost and is recorded', () => {
  const priceOf = () => {
    throw new Error('no prices today')
  }
  const { series } = call(
    (llm) => {
      llm.usage({ inputTokens: 1 })
      llm.end()
    },
    chat,
    { priceOf },
  )
  expect(series['llm_requests_total{model="gpt-4",endpoint="chat"}']).toBe(1)
  expect(only(series, 'llm_price_unknown')).toEqual({ 'llm_price_unknown_total{model="gpt-4"}': 1 })
})

it('with tokensByUser, the tokens of a call are recorded for its user, by pseudonym', () => {
  const run = (settings: object) => {
    const recorder = createTestRecorder({ ids: 'pseudonymous', ...settings })
    const use = (inputTokens: number) => {
      const llm = recorder.startLlmCall(chat)
      llm.usage({ inputTokens, outputTokens: 1 })
      llm.end()
    }
    recorder.withUser('user@example.com', () => use(7))
    use(5)
    return only(allSeries(recorder), 'llm_tokens_by_user_total')
  }
  expect(run({})).toEqual({})
  const kept = run({ tokensByUser: true })
  expect(Object.values(kept)).toEqual([7, 1])
  for (const name of Object.keys(kept)) expect(name).toMatch(/^llm_tokens_by_user_total\{user_id="[0-9a-f]{16}",type="/)
})

it('the tokens of a call are recorded for a user that is found later', async () => {
  const recorder = createTestRecorder({ tokensByUser: true })
  recorder.withUser(
    async () => 'ana',
    () => {
      const llm = recorder.startLlmCall(chat)
      llm.usage({ inputTokens: 7 })
      llm.end()
    },
  )
  await vi.waitFor(() => expect(recorder.value('llm_tokens_by_user_total', { user_id: 'ana', type: 'input' })).toBe(7))
})

it('tokens are recorded for the users with the most tokens', () => {
  const recorder = createTestRecorder({ tokensByUser: true })
  for (let i = 1; i <= 300; i++) {
    const llm = recorder.startLlmCall({ ...chat, user: `user-${i}` })
    llm.usage({ inputTokens: i })
    llm.end()
  }
  const kept = Object.values(only(allSeries(recorder), 'llm_tokens_by_user_total'))
  expect(kept.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => 101 + i))
})
