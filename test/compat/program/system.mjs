import { createActivityWriter, fileSink } from '@quipu/activity-log'
import { catalogPage, createHandler, listen } from '@quipu/prometheus'
import { equal } from './checks.mjs'
import { busyRecorder, parsePage } from './page.mjs'

/** Checks that need `node:fs` and `node:http`, on any runtime that has them. */
export async function systemChecks({ check }, { fs, folder }) {
  await check('pages are served by a server of our own', async () => {
    const recorder = busyRecorder()
    const server = await listen(createHandler({ pages: { '/custom_metrics': catalogPage(recorder) }, recorder }))
    const response = await fetch(`${server.url}/custom_metrics`)
    equal(parsePage(await response.text()).samples.get('app_active_sessions[]'), 3)
    const plain = await fetch(`${server.url}/custom_metrics`, { headers: { 'accept-encoding': 'identity' } })
    equal(plain.headers.get('content-encoding'), null)
    parsePage(await plain.text())
    equal((await fetch(`${server.url}/other`)).status, 404)
    await server.close()
  })
  await check('lines are appended to a file that only its owner reads', async () => {
    const path = `${folder}/activity.log`
    const writer = createActivityWriter({ sink: fileSink(path) })
    for (let i = 0; i < 100; i++) writer({ event: 'error', user: 'u', fields: { error_type: `e${i}` }, unixMs: 0 })
    await writer.close()
    const lines = fs.readFileSync(path, 'utf8').split('\n')
    equal([lines.length, lines[99]], [101, '[METRIC] [u] error error_type=e99'])
    equal(fs.statSync(path).mode & 0o777, 0o600)
  })
}
