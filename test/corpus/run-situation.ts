import { setTimeout } from 'node:timers/promises'
import type { Conversation } from '../../packages/wire/fixtures/conversations.js'
import type { Client } from './client.js'
import { NOT_OFFERED, type Run } from './compare-runs.js'
import type { PlayServer } from './play-server.js'
import { NotOffered, type Situation } from './situations.js'

// Errors must have the same number of frames with and without an observer.
Error.stackTraceLimit = 200
const unhandled: string[] = []
process.on('unhandledRejection', (reason) => unhandled.push(described(reason)))

/** Runs a situation once, against a server that plays its conversation. */
export async function runSituation(
  client: Client,
  situation: Situation,
  conversation: Conversation,
  server: PlayServer,
): Promise<Run> {
  unhandled.length = 0
  server.play({ conversation, ...situation.playing })
  const opened = await client.open(server.url, server.ca)
  let stackDepth: number | undefined
  const result = await situation.run(opened, server).then(text, (error: unknown) => {
    // Frames below are not part of the client.
    const [stack] = (error instanceof Error ? (error.stack ?? '') : '').split(/\brunSituation\b/)
    stackDepth = stack?.match(/^ {4}at /gm)?.length
    return described(error)
  })
  await server.settled()
  // Waits for work on the client's side after the end on the server's side, and for unhandled rejections.
  await setTimeout(situation.name === 'not awaited' ? 300 : 50)
  return { result, stackDepth, unhandled: [...unhandled], requests: server.requests }
}

/** A result as text, without parts that differ between runs. */
function text(value: unknown): string {
  const seen = new WeakSet<object>()
  return JSON.stringify(value, (key, each: unknown) => {
    if (/^(?:headers|date|request|config|socket|timestamp|run_?id|id|totalRetryDelay|_.*)$/i.test(key)) return undefined
    if (typeof each !== 'object' || each === null) return each
    if (seen.has(each)) return undefined
    seen.add(each)
    return each
  })
}

function described(error: unknown): string {
  if (error instanceof NotOffered) return NOT_OFFERED
  if (!(error instanceof Error)) return `thrown ${String(error)}`
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown }
  return ['thrown', error.constructor.name, error.name, error.message, code, status]
    .join(' ')
    .replace(/127\.0\.0\.1:\d+/g, '')
}
