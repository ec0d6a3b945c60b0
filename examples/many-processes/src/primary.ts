import cluster, { type Worker } from 'node:cluster'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sendLoad } from './load.js'
import type { Settings } from './settings.js'

/** Forks workers, loads them, kills and replaces one after the other, and compares the counts; returns the exit code. */
export async function runPrimary({
  workers,
  seconds,
  killEverySeconds,
  kill,
  requestsPerSecond,
}: Settings): Promise<number> {
  const port = await freePort()
  const fork = (): Promise<Worker> =>
    new Promise((resolve) => {
      const worker = cluster.fork({ PORT: String(port) })
      worker.once('message', () => resolve(worker))
    })
  const living = await Promise.all(Array.from({ length: workers }, fork))
  let killed = 0
  const replacing: Promise<void>[] = []
  const timer = setInterval(() => {
    const oldest = living.shift()
    if (oldest === undefined) return
    killed++
    replacing.push(fork().then((worker) => void living.push(worker)))
    oldest.process.kill(kill === 'hard' ? 'SIGKILL' : 'SIGTERM')
  }, killEverySeconds * 1000)

  const seen: number[] = []
  let isWatching = true
  const watch = async (): Promise<void> => {
    while (isWatching) {
      // One at a time: of two concurrent requests, the earlier may get its response later.
      await counted(port).then(
        (count) => seen.push(count),
        () => undefined,
      )
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }
  const watching = watch()
  const outcome = await sendLoad(port, seconds, requestsPerSecond, kill === 'soft' ? 3 : 1)
  clearInterval(timer)
  isWatching = false
  await watching
  await Promise.all(replacing)
  // Longer than the publication interval of any worker.
  await new Promise((resolve) => setTimeout(resolve, 500))
  const total = await lastCounted(port)
  const fallen = seen.findIndex((count, i) => count < (seen[i - 1] ?? 0))
  const fell = fallen >= 0
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGTERM')

  // A worker that may finish loses nothing. A worker that is killed loses its counts since its last publication: 10 ms while
  // it is busy, and longer if it has to wait for a CPU, when it also responds to fewer requests.
  const perWorker = outcome.answered / seconds / workers
  const mayBeLost = kill === 'soft' ? 0 : killed * Math.ceil(perWorker * 0.1)
  // Counted, but killed before the response was sent.
  const mayBeMore = kill === 'soft' ? 0 : outcome.broken
  const isRight = total >= outcome.answered - mayBeLost && total <= outcome.answered + mayBeMore
  process.stdout.write(
    [
      `workers ${workers}, ${seconds} s, ${Math.round(outcome.answered / seconds)} answers a second, ${killed} workers killed (${kill}) and replaced`,
      `sent     ${outcome.sent}`,
      `answered ${outcome.answered}`,
      `broken   ${outcome.broken}`,
      `counted  ${total}`,
      `${seen.length} readings in between, ${fell ? `and one was lower than the one before it (${seen[fallen - 1]}, ${seen[fallen]})` : 'none lower than the one before it'}`,
      isRight && !fell ? verdict(total, outcome.answered, mayBeLost) : 'NOT what it should be',
      '',
    ].join('\n'),
  )
  return isRight && !fell ? 0 : 1
}

function verdict(counted: number, answered: number, mayBeLost: number): string {
  if (counted === answered) return 'equal'
  if (counted > answered) return `${counted - answered} were counted and killed before they were answered`
  return `${answered - counted} (at most ${mayBeLost}) went with processes killed before they published them`
}

/** Reads the page of any worker, which has the counts of all workers. */
async function counted(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/custom_metrics`, {
    headers: { connection: 'close' },
    // A connection that was handed to a worker while it was killed gets no response.
    signal: AbortSignal.timeout(5000),
  })
  if (!response.ok) throw new Error(`the page was answered with ${response.status}`)
  const page = await response.text()
  return Number(/^app_requests_total\{endpoint="\/work"[^}]*\} (\d+)/m.exec(page)?.[1] ?? 0)
}

/** The same, from another worker if the first one does not respond. */
async function lastCounted(port: number): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      return await counted(port)
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
