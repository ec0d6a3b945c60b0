import { randomUUID } from 'node:crypto'
import { getHeapSnapshot, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createRecorder } from '@quipu/core'
import OpenAI from 'openai'
import { startModelServer, withScript } from 'quipu-example-model-server'
import { expect, test } from 'vitest'
import { instrument } from './openai.js'

const MARK = 'sentinel'
// Created at run time, so that the heap has it only as part of prompts and responses; one string, like those of a
// parser.
const sentinel = (): string => Buffer.from(`${MARK}${randomUUID().replaceAll('-', '')}`).toString()

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

/** The sentinels in the heap. */
async function held(): Promise<Set<string>> {
  collectGarbage()
  await new Promise((resolve) => setImmediate(resolve))
  collectGarbage()
  const found = new Set<string>()
  let rest = ''
  for await (const chunk of getHeapSnapshot()) {
    const text: string = rest + String(chunk)
    for (const [one] of text.matchAll(/sentinel[0-9a-f]{32}/g)) found.add(one)
    rest = text.slice(-64)
  }
  return found
}

async function converse(client: OpenAI): Promise<void> {
  const script = () => ({ text: `${sentinel()} ${sentinel()}` })
  const messages = () => [{ role: 'user' as const, content: withScript(sentinel(), script()) }]
  const model = 'gpt-4'
  await client.chat.completions.create({ model, messages: messages() })
  for await (const _chunk of await client.chat.completions.create({ model, messages: messages(), stream: true }));
  for await (const _chunk of await client.chat.completions.create({ model, messages: messages(), stream: true })) break
  await client.responses.create({ model, input: withScript(sentinel(), script()) })
  const failing = [{ role: 'user' as const, content: withScript(sentinel(), { status: 400, code: 'bad' }) }]
  await client.chat.completions.create({ model, messages: failing }).catch(() => undefined)
}

test('no object keeps content of requests and responses', async () => {
  const server = await startModelServer()
  try {
    const recorder = createRecorder({ activityLog: true })
    const client = instrument(new OpenAI({ baseURL: server.url, apiKey: 'none' }), { recorder })
    for (let i = 0; i < 10; i++) await converse(client)
    const control = sentinel()
    expect(await held()).toEqual(new Set([control]))
    // Client and recorder still exist.
    expect(instrument(client, { recorder })).toBe(client)
  } finally {
    await server.close()
  }
}, 120_000)
