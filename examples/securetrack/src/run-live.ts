import { setTimeout as delay } from 'node:timers/promises'
import { readPage } from './report/read-page.js'
import { createScreen } from './report/screen.js'
import { summary } from './report/summary.js'
import { startSystem } from './system.js'
import { runLiveTraffic } from './traffic/live-traffic.js'

const REPAINT_MS = 2000

/** Runs application and traffic until the signal is aborted, and shows the output. */
export async function runLive(port: number, out: NodeJS.WriteStream, signal: AbortSignal): Promise<void> {
  const early: string[] = []
  let onLine = (line: string): void => void early.push(line)
  const system = await startSystem({ port, onLine: (line) => onLine(line), onServed: () => undefined })
  const urls = [`${system.url}/custom_metrics`, `${system.url}/metrics`]
  const studio = system.quipu.handler.paths.includes('/quipu') ? ` · studio ${system.url}/quipu` : ''
  const screen = createScreen(out, `SecureTrack under traffic${studio} · pages ${urls.join(' and ')} · Ctrl-C stops`)
  for (const line of early) screen.line(line)
  onLine = screen.line
  const traffic = runLiveTraffic(system.url, signal)
  const summarize = async (): Promise<string> => summary(readPage(await system.quipu.page('custom_metrics')))
  let last = ''
  try {
    while (!signal.aborted) {
      screen.summary(await summarize())
      await delay(out.isTTY ? REPAINT_MS : 2 * REPAINT_MS, undefined, { signal }).catch(() => undefined)
    }
    last = await summarize()
  } finally {
    screen.close()
    await system.close()
    await traffic
  }
  out.write(`\n${last}\n`)
}
