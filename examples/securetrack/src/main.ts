import { parseArgs } from 'node:util'
import { runLive } from './run-live.js'
import { runOnce } from './run-once.js'

const USAGE = `usage: main.js [--port <number>] [--once]

Runs the SecureTrack example under traffic, and shows the output until Ctrl-C.
--once  runs a fixed workload, prints pages and lines, and compares them with the workload:
        exits 0 when all figures are equal, else 1
--port  of the application, which serves /metrics and /custom_metrics too; default: any free one`

const options = readOptions()
if (options === undefined) {
  console.error(USAGE)
  process.exitCode = 2
} else if (options.once) {
  const isEqual = await runOnce(options.port, (text) => console.log(text))
  process.exitCode = isEqual ? 0 : 1
} else {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  await runLive(options.port, process.stdout, stop.signal)
}

function readOptions(): { readonly once: boolean; readonly port: number } | undefined {
  try {
    const { values } = parseArgs({ options: { once: { type: 'boolean' }, port: { type: 'string' } } })
    const port = Number(values.port ?? 0)
    return Number.isInteger(port) && port >= 0 && port < 65_536 ? { once: values.once ?? false, port } : undefined
  } catch {
    return undefined
  }
}
