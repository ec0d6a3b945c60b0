/** Small applications; each prints `true` as its last line if it works. */
export const programs = {
  sdk: `
    import { start, trackUserAction } from '@quipu/sdk'
    const main = async () => {
      const quipu = start({ prometheus: { port: 0 } })
      const { urls } = await quipu.ready
      trackUserAction('bundled')
      const pages = await Promise.all(Object.values(urls).map(async (url) => (await fetch(url)).text()))
      console.log(pages[0].includes('user_action_total{action_type="bundled"} 1') && pages[1].includes('process_'))
      await quipu.shutdown()
    }
    main()`,
  otlp: `
    import { createServer } from 'node:http'
    import { start } from '@quipu/sdk'
    const bodies = []
    const server = createServer((request, response) => request.on('data', (bytes) => bodies.push(bytes.length)).on('end', () => response.end()))
    server.listen(0, '127.0.0.1', async () => {
      const quipu = start({ otlp: { url: 'http://127.0.0.1:' + server.address().port } })
      const { delivered } = await quipu.shutdown()
      console.log(delivered > 0 && bodies.length > 0)
      server.close()
    })`,
  meters: `
    import { metrics } from '@opentelemetry/api'
    import { start } from '@quipu/sdk'
    const main = async () => {
      const quipu = start({ prometheus: { port: 0 } })
      metrics.getMeter('bundled').createCounter('jobs').add(3)
      console.log((await quipu.page('metrics')).includes('jobs_total 3'))
      await quipu.shutdown()
    }
    main()`,
  register: `
    import '@quipu/sdk/register'
    import { defaultRecorder } from '@quipu/core'
    console.log(defaultRecorder().readings().some(({ name }) => name === 'llm_requests_total'))
    process.exit()`,
  helpers: `import { trackUserAction } from '@quipu/sdk/user-metrics'; trackUserAction('x'); console.log(true)`,
  presets: `import { datadog } from '@quipu/sdk/presets'; console.log(typeof datadog === 'function')`,
  core: `
    import { createRecorder } from '@quipu/core'
    import { renderPage } from '@quipu/prometheus'
    renderPage(createRecorder()).then((page) => console.log(typeof page === 'string'))`,
  catalog: `import { defineMetrics } from '@quipu/catalog'; console.log('metrics' in defineMetrics({ a_total: { kind: 'counter', help: 'A' } }))`,
  activityLog: `import { formatMetricLine } from '@quipu/activity-log'; console.log(formatMetricLine({ event: 'error' }) !== '')`,
  http: `import { requestMetrics } from '@quipu/http/express'; console.log(typeof requestMetrics() === 'function')`,
  llm: `import { observeModelCalls } from '@quipu/llm'; import { instrument } from '@quipu/llm/openai'; observeModelCalls()(); console.log(typeof instrument === 'function')`,
}

/** Applications that load OpenTelemetry's SDK, whose CommonJS packages call `require` for modules of Node. */
export const needingRequire = ['otlp', 'meters', 'register']
