import { afterAll, beforeAll, expect, test } from 'vitest'
import { type AppFolder, createAppFolder } from '../../fixtures/run-node.js'

let apps: AppFolder
beforeAll(async () => {
  apps = await createAppFolder()
  // An application whose instruments are created while its modules load; it scrapes itself when the pages are served.
  apps.write(
    'app.cjs',
    `
    const { existsSync, readFileSync } = require('node:fs')
    const { metrics } = require('@opentelemetry/api')
    const meter = metrics.getMeter('mine')
    const counter = meter.createCounter('early_jobs')
    const sizes = meter.createHistogram('early_sizes')
    const gauge = meter.createObservableGauge('early_temperature')
    const first = (result) => result.observe(21)
    gauge.addCallback(first)
    gauge.addCallback((result) => result.observe(7, { place: 'b' }))
    gauge.removeCallback(first)
    meter.addBatchObservableCallback((result) => result.observe(gauge, 8, { place: 'c' }), [gauge])
    counter.add(3, { kind: 'a' })
    sizes.record(5)
    const timer = setInterval(async () => {
      if (!existsSync('url.txt')) return
      clearInterval(timer)
      counter.add(1, { kind: 'a' })
      const page = await (await fetch(readFileSync('url.txt', 'utf8'))).text()
      console.log(page.match(/^early_.*$/gm).filter((line) => !/bucket/.test(line)).sort().join('\\n'))
      process.exit()
    }, 20)
  `,
  )
}, 120_000)
afterAll(() => apps.remove())

test('instruments that are created while modules load record from their first measurement on', async () => {
  const { stdout } = await apps.run('app.cjs', {
    args: ['--import', '@quipu/sdk/register'],
    env: { OTEL_EXPORTER_PROMETHEUS_PORT: '0' },
    onOutput({ stderr }) {
      const url = /pages (\S+)\/custom_metrics\n/.exec(stderr)?.[1]
      if (url !== undefined) apps.write('url.txt', `${url}/metrics`)
    },
  })
  expect(stdout.trim().split('\n')).toEqual([
    'early_jobs_total{kind="a"} 4',
    'early_sizes_count 1',
    'early_sizes_sum 5',
    'early_temperature{place="b"} 7',
    'early_temperature{place="c"} 8',
  ])
})
