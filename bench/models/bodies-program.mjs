import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createRecorder } from '@quipu/core'
import { observeModelCalls } from '@quipu/llm'
import { measureOwnTime } from '../../packages/wire/fixtures/own-time.ts'

// One process of the benchmark of large bodies, with Quipu or without. It sends one request and reports the longest turn
// of the event loop, and the time of Quipu's own code in each turn.
const [observer, url] = process.argv.slice(2)
const load = createRequire(join(process.cwd(), 'program.cjs'))
const isQuipu = observer === 'Quipu'
if (isQuipu) observeModelCalls({ recorder: createRecorder() })
const own = isQuipu ? measureOwnTime() : { turnMs: 0 }

/** Time in milliseconds for which this thread waited for a core. */
const delayMs = () => Number(readFileSync('/proc/thread-self/schedstat', 'latin1').split(' ')[1]) / 1e6

const model = 'gpt-4'
const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${'iVBORw0KGgo'.repeat(20e6 / 11)}` } }
const request = JSON.stringify({ model, messages: [{ role: 'user', content: [image] }] })
const chat = `${url}/v1/chat/completions`

async function receive(name) {
  const headers = { 'x-body': name, 'content-type': 'application/json' }
  const body = JSON.stringify({ model, input: ['a'] })
  const response = await fetch(`${url}/v1/embeddings`, { method: 'POST', headers, body })
  // A client that stores nothing, so that only Quipu could fill memory.
  for await (const part of response.body) void part
}

const cases = {
  numbers: () => receive('numbers'),
  compressed: () => receive('compressed'),
  words: () => receive('words'),
  async 'request by fetch'() {
    await (await fetch(chat, { method: 'POST', body: request })).text()
  },
  async 'request by undici'() {
    await (await load('undici').request(chat, { method: 'POST', body: request })).body.text()
  },
  async 'request by axios'() {
    await load('axios').post(chat, request, { maxBodyLength: 1e9, headers: { 'content-type': 'application/json' } })
  },
}

async function measured(name) {
  const seen = { turnMs: 0, ownTurnsMs: [], ownMs: 0 }
  let isOn = true
  let startedMs = performance.now()
  let waitedMs = delayMs()
  own.turnMs = 0
  const turn = () => {
    const delay = delayMs()
    seen.turnMs = Math.max(seen.turnMs, performance.now() - startedMs - (delay - waitedMs))
    if (own.turnMs > 0) seen.ownTurnsMs.push(own.turnMs)
    seen.ownMs += own.turnMs
    own.turnMs = 0
    waitedMs = delay
    startedMs = performance.now()
    if (isOn) setImmediate(turn)
  }
  turn()
  seen.turnMs = 0
  await cases[name]()
  // Data that wait are read within a second.
  for (let quiet = 0; quiet < 20; ) {
    const before = seen.ownMs
    await new Promise((resolve) => setTimeout(resolve, 5))
    quiet = seen.ownMs === before ? quiet + 1 : 0
  }
  isOn = false
  return seen
}

process.on('message', async (name) => {
  process.send({ value: await measured(name) })
})
process.send('ready')
