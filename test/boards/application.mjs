// @ts-check
// The SecureTrack example under known traffic, in its own process. Each message { users } runs the fixed workload with these
// users. The reply is the example's own account of the workload, sent when the pages show all of it.
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

/** Waits for the samples of both pages to equal the account: the last actions of clients arrive a moment later. */
async function settledPages() {
  for (const deadline = Date.now() + 10_000; ; await delay(50)) {
    // Not over HTTP, because this process would count its own requests.
    const texts = await Promise.all([system.quipu.page('metrics'), system.quipu.page('custom_metrics')])
    const samples = texts.flatMap(readPage)
    const wrong = compare(account, { samples, lines }).filter((row) => !isEqual(row))
    if (wrong.length === 0) return samples
    if (Date.now() > deadline) throw new Error(`the pages do not equal the account: ${JSON.stringify(wrong)}`)
  }
}
