import { apps } from './request-apps.js'
import type { Framework, Observer } from './request-cases.js'
import { startObserver } from './request-observers.js'

/** What the process of a server answers: its CPU time in microseconds, its heap in bytes, the requests it has counted. */
export type Question = 'cpuUs' | 'heapBytes' | 'counted'

// The process of the server: sends its port, and then answers questions.
const [framework, observer] = process.argv.slice(2) as [Framework, Observer]
const counted = await startObserver(observer, framework)
const port = await apps[framework](observer)
const answers: Readonly<Record<Question, () => number | Promise<number>>> = {
  cpuUs,
  heapBytes,
  counted: () => counted(port),
}
process.send?.({ port })
process.on('message', async (question: Question) => process.send?.(await answers[question]()))
process.on('disconnect', () => process.exit())

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Collects garbage first, which costs compiled code that depends on it: not between rounds of CPU time. */
function heapBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
