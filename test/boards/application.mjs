// @ts-check
// The SecureTrack example under known traffic, in a process of its own. Each message { users } runs the fixed workload with
// these users, and is answered with what went in, by the example's own account, once the pages show all of it.
import { setTimeout as delay } from 'node:timers/promises'
import { compare, isEqual } from '../../examples/securetrack/dist/report/compare.js'
import { readPage } from '../../examples/securetrack/dist/report/read-page.js'
import { startSystem } from '../../examples/securetrack/dist/system.js'
import { Account } from '../../examples/securetrack/dist/traffic/account.js'
import { expectStart, runFixedWorkload } from '../../examples/securetrack/dist/traffic/fixed-workload.js'

const account = new Account()
/** @type {string[]} */
const lines = []
expectStart(account)
const system = await startSystem({
  port: 0,
  onLine: (line) => lines.push(line),
  onServed: (served) => account.served(served),
})

process.on('message', async (/** @type {{ users: string[] }} */ { users }) => {
  const before = account.expectations
  await runFixedWorkload(system, account, 'a secret', users)
  const samples = await settledPages()
  const sent = account.expectations.map((one) => ({ ...one, value: one.value - entered(before, one) }))
  process.send?.({ sent, samples })
})
process.once('disconnect', () => void system.close())
process.send?.({ url: system.url })

/**
 * @param {readonly import('../../examples/securetrack/dist/traffic/account.js').Expectation[]} expectations
 * @param {import('../../examples/securetrack/dist/traffic/account.js').Expectation} wanted
 */
function entered(expectations, { metric, labels }) {
  const text = JSON.stringify(labels)
  return expectations.find((one) => one.metric === metric && JSON.stringify(one.labels) === text)?.value ?? 0
}

/** The samples of both pages, once they equal the account: what clients do last reaches the other side a moment later. */
async function settledPages() {
  for (const deadline = Date.now() + 10_000; ; await delay(50)) {
    // Not by HTTP: this process would send requests of its own, which it counts.
    const texts = await Promise.all([system.quipu.page('metrics'), system.quipu.page('custom_metrics')])
    const samples = texts.flatMap(readPage)
    const wrong = compare(account, { samples, lines }).filter((row) => !isEqual(row))
    if (wrong.length === 0) return samples
    if (Date.now() > deadline) throw new Error(`the pages do not equal the account: ${JSON.stringify(wrong)}`)
  }
}
