import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { formatMetricLine } from '@quipu/activity-log'
import { createRecorder, type Recorder } from '@quipu/core'
import { observeModelCalls } from '@quipu/llm'
import { catalogPage, createHandler, listen, renderPage } from '@quipu/prometheus'
import { observeRuntime } from '@quipu/runtime'
import { loadStudio } from '@quipu/studio'
import { createRecentLines } from '../studio/recent-lines.js'
import { type CommandIo, exitCodes } from '../terminal/io.js'
import { createApplication } from './application.js'
import { compare, isEqual, reportOf } from './compare.js'
import { addTo, type ModelServer, startModelServer } from './model-server.js'
import { visit, visitUntil } from './visitors.js'

/** Options of `quipu demo`. */
export interface DemoOptions {
  readonly port: number
  readonly once?: boolean
}

/** US dollars per million tokens. */
const prices = {
  'gpt-5-mini': { input: 0.25, output: 2 },
  'claude-sonnet-4-5': { input: 3, output: 15 },
  'llama-3.3-70b': { input: 0.6, output: 0.6 },
}
const VISITS = 60
/** The last actions of a client are recorded a moment later. */
const DEADLINE_MS = 5000

/** An application with its visitors' addresses and its models. */
interface Demo {
  readonly recorder: Recorder
  readonly model: ModelServer
  readonly url: string
  close(): Promise<void>
}

/** Runs an application with a local model server, and shows it in the studio; with `once`, checks its figures instead. */
export async function runDemo({ port, once: isOnce = false }: DemoOptions, io: CommandIo): Promise<number> {
  const demo = await startDemo(isOnce ? 0 : 25)
  try {
    return isOnce ? await checkOnce(demo, io) : await show(demo, port, io)
  } finally {
    await demo.close()
  }
}

async function startDemo(pauseMs: number): Promise<Demo> {
  const recorder = createRecorder({ prices, activityLog: true })
  const stops = [observeModelCalls({ recorder }), observeRuntime({ recorder })]
  const model = await startModelServer(pauseMs)
  const server = createApplication(recorder, model.url)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    recorder,
    model,
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections()
      await Promise.all([new Promise((resolve) => server.close(resolve)), model.close()])
      for (const stop of stops) stop()
    },
  }
}

async function show({ recorder, url }: Demo, port: number, io: CommandIo): Promise<number> {
  const signal = io.interruption()
  const recent = createRecentLines()
  recorder.onActivity((event) => {
    const line = formatMetricLine(event)
    recent.add(line)
    void io.out(`${line}\n`)
  })
  const handler = createHandler({
    pages: { '/custom_metrics': catalogPage(recorder), '/metrics': catalogPage(recorder, 'standard') },
    documents: { ...recent.documents, '/quipu': { read: loadStudio } },
    recorder,
  })
  const pages = await listen(handler, { port })
  await io.out(`studio  ${pages.url}/quipu\npages   ${pages.url}/custom_metrics  ${pages.url}/metrics\n`)
  io.err('an application with visitors and a local model server, without a model; Ctrl-C ends it')
  const visitors = visitUntil(url, signal)
  if (!signal.aborted) await once(signal, 'abort')
  await Promise.all([visitors, pages.close(0)])
  return exitCodes.ok
}

/** Makes a fixed number of visits, one after the other, and compares the page with them. */
async function checkOnce({ recorder, model, url }: Demo, io: CommandIo): Promise<number> {
  const visits = new Map<string, number>()
  let lines = 0
  recorder.onActivity(({ event }) => {
    if (event === 'llm_call') lines++
  })
  for (let number = 0; number < VISITS; number++) addTo(visits, await visit(url, number), 1)
  const deadline = Date.now() + DEADLINE_MS
  for (;;) {
    const figures = compare(await renderPage(recorder), visits, lines, model.served)
    if (figures.every(isEqual) || Date.now() > deadline) {
      await io.out(reportOf(figures))
      return figures.every(isEqual) ? exitCodes.ok : exitCodes.failure
    }
    await delay(20)
  }
}
