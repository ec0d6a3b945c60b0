import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createRecorder } from '@quipu/core'
import { observeModelCalls } from '@quipu/llm'
import { peers } from '../../test/corpus/peers.ts'

// One process of the benchmark: an OpenAI client, with one observer or without. It takes the requested measurement.
const [observer, url] = process.argv.slice(2)
let recorder
if (observer === 'Quipu') {
  recorder = createRecorder()
  observeModelCalls({ recorder })
}
await peers.find(({ name }) => name === observer)?.start()
const { OpenAI } = createRequire(join(process.cwd(), 'program.cjs'))('openai')
const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1`, maxRetries: 0 })
const messages = [{ role: 'user', content: 'Is it safe? '.repeat(20) }]
const LANES = 4

const cpuUs = () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** CPU time per call in microseconds, over a number of calls with some concurrency. */
async function cpuOf(count, call) {
  const before = cpuUs()
  await Promise.all(Array.from({ length: LANES }, () => repeat(count / LANES, call)))
  return (cpuUs() - before) / count
}

async function repeat(count, call) {
  for (let i = 0; i < count; i++) await call()
}

const create = () => client.chat.completions.create({ model: 'gpt-4', messages })
const open = (user, signal) =>
  client.chat.completions.create(
    { model: 'gpt-4', messages, stream: true, stream_options: { include_usage: true }, user },
    { signal },
  )
const stream = async (user) => {
  for await (const _chunk of await open(user));
}
const settle = async () => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
const heldBytes = () => process.memoryUsage().heapUsed + process.memoryUsage().external

const measures = {
  fetch: (count) =>
    cpuOf(count, async () => (await fetch(`${url}/other`, { method: 'POST', body: '{}' })).arrayBuffer()),
  call: (count) => cpuOf(count, create),
  /** Bytes per call: the young generation holds all of them. */
  async garbage(count) {
    await settle()
    const before = heldBytes()
    await repeat(count, create)
    return (heldBytes() - before) / count
  },
  /** CPU time per chunk of a stream whose chunks arrive together. */
  async joined(chunks) {
    const before = cpuUs()
    await stream(String(chunks))
    return (cpuUs() - before) / chunks
  },
  /** CPU time per chunk of 50 streams whose chunks arrive one by one, as those of a model do. */
  async apart(chunks) {
    const before = cpuUs()
    await Promise.all(Array.from({ length: 50 }, () => stream(`apart ${chunks / 50}`)))
    return (cpuUs() - before) / chunks
  },
  /** Bytes per open stream, and the longest delay of the event loop in milliseconds while all streams get chunks. */
  async open(count) {
    await settle()
    const before = heldBytes()
    const stop = new AbortController()
    const streams = []
    for (let i = 0; i < count; i += 50) {
      streams.push(...(await Promise.all(Array.from({ length: 50 }, () => open('hold', stop.signal)))))
    }
    const iterators = streams.map((each) => each[Symbol.asyncIterator]())
    await Promise.all(iterators.map((each) => each.next()))
    await settle()
    const bytes = (heldBytes() - before) / count
    await (await fetch(`${url}/go`)).text()
    const delays = []
    let dueAt = performance.now() + 10
    const timer = setInterval(() => {
      const now = performance.now()
      delays.push(Math.max(0, now - dueAt))
      dueAt = now + 10
    }, 10)
    let isOn = true
    const reading = iterators.map(async (each) => {
      while (isOn && !(await each.next()).done);
    })
    await new Promise((resolve) => setTimeout(resolve, 2000))
    clearInterval(timer)
    isOn = false
    // Each reader waits for one more chunk.
    await Promise.all(reading)
    await (await fetch(`${url}/halt`)).text()
    stop.abort()
    return [bytes, delays.sort((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? 0]
  },
  /** CPU time in microseconds of a call that the application reports itself. */
  async explicit(count) {
    const usage = { inputTokens: 120, outputTokens: 30 }
    const options = { model: 'gpt-4', endpoint: 'chat', messageCount: 5 }
    const report = () => {
      const call = recorder.startLlmCall(options)
      call.firstOutput()
      call.usage(usage)
      call.end()
    }
    for (let i = 0; i < count; i++) report()
    const before = cpuUs()
    for (let i = 0; i < count; i++) report()
    return (cpuUs() - before) / count
  },
}

process.on('message', async ([name, count]) => {
  process.send({ value: await measures[name](count) })
})
process.send('ready')
