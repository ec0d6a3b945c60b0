import { createOpenAI } from '@ai-sdk/openai'
import { createRecorder } from '@quipu/core'
import { instrumentFetch, observeModelCalls } from '@quipu/llm'
import { generateText } from 'ai'
import OpenAI from 'openai'
import { createChecks, equal } from './checks.mjs'
import { seriesValue } from './read.mjs'

// A worker with model clients. `/failing` makes a call that fails, `/checks` makes the others and returns their result.

let aheadMs = 0
const clock = { monotonicMs: () => performance.now() + aheadMs, unixMs: () => Date.now() + aheadMs }
const recorder = createRecorder({ clock })
observeModelCalls({ recorder })

const messages = [{ role: 'user', content: 'planted-prompt' }]
const calls = (model, endpoint = 'chat') => seriesValue(recorder, 'llm_requests_total', { model, endpoint })
const tokens = (model) => seriesValue(recorder, 'llm_tokens_total', { model, type: 'total' })

async function runChecks(url) {
  const { check, result } = createChecks()
  const client = new OpenAI({ apiKey: 'planted-key', baseURL: url })
  const complete = async (model, by = client) =>
    (await by.chat.completions.create({ model, messages })).choices[0].message.content

  await check('a call that failed in an earlier request is counted when it is due', () => {
    equal(calls('failing'), undefined, 'the calls before')
    aheadMs += 11_000
    equal(calls('failing'), 1, 'the calls')
    equal(seriesValue(recorder, 'llm_rate_limits_total', { model: 'failing' }), 1, 'the rate limits')
  })
  await check('openai, an answer', async () => {
    equal(await complete('one'), 'planted-answer')
    equal([calls('one'), tokens('one')], [1, 10])
  })
  await check('openai, a stream of 900 kB', async () => {
    let length = 0
    for await (const chunk of await client.chat.completions.create({ model: 'two', messages, stream: true })) {
      length += chunk.choices[0]?.delta.content.length ?? 0
    }
    recorder.recordPending()
    equal(length, 900_000, 'the length')
    equal([calls('two'), tokens('two')], [1, 10])
    equal(seriesValue(recorder, 'llm_stream_outcomes_total', { model: 'two', outcome: 'complete' }), 1)
  })
  await check('openai, repeated', async () => {
    equal(await complete('busy'), 'planted-answer')
    equal([calls('busy'), tokens('busy')], [1, 10])
    equal(seriesValue(recorder, 'llm_retries_total', { model: 'busy', reason: 'rate_limit' }), 1)
  })
  await check('the AI SDK, an answer', async () => {
    const provider = createOpenAI({ apiKey: 'planted-key', baseURL: url })
    equal((await generateText({ model: provider.chat('three'), prompt: 'planted-prompt' })).text, 'planted-answer')
    equal([calls('three'), tokens('three')], [1, 10])
  })
  await check('a client with an instrumented fetch', async () => {
    const fetch = instrumentFetch(globalThis.fetch, { recorder, endpoint: 'mine' })
    equal(await complete('four', new OpenAI({ apiKey: 'planted-key', baseURL: url, fetch })), 'planted-answer')
    equal([calls('four', 'mine'), calls('four')], [1, undefined])
  })
  await check('no prompt, answer or key is recorded', () => {
    const all = recorder.readings().flatMap((reading) => reading.cells().map(({ values }) => values))
    equal(/planted/.exec(JSON.stringify(all)), null)
  })
  const { passed, failures } = result()
  return `${failures.join('\n')}\n${passed} checks passed, ${failures.length} failed\n`
}

export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === '/checks') return new Response(await runChecks(env.model))
    const client = new OpenAI({ apiKey: 'planted-key', baseURL: env.model, maxRetries: 0 })
    return new Response(await client.chat.completions.create({ model: 'failing', messages }).catch(String))
  },
}
