import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const TIMEOUT_MS = 60_000

/**
 * Starts every application with `--import @quipu/sdk/register` and reads its page after a request.
 * @param {string} node the program
 * @param {string} folder where the packages are installed
 * @param {readonly { name: string, source: string, expected: readonly string[] }[]} apps
 */
export async function checkRegister(node, folder, apps) {
  mkdirSync(join(folder, 'register'), { recursive: true })
  const failures = []
  for (const { name, source, expected } of apps) {
    const file = join(folder, 'register', name)
    writeFileSync(file, source)
    const { page, output } = await runAndScrape(node, file, folder)
    const missing = expected.filter((line) => !(page + output).includes(`${line}\n`))
    if (missing.length > 0)
      failures.push(
        `${name}: the page has no ${missing.join(', ')}\n${output}\n${page.match(/^(?:app_requests|llm_(?:requests|tokens)|aki_tool_usage)_total.*$/gm)?.join('\n') ?? ''}`,
      )
    else if (page.includes('secret')) failures.push(`${name}: the page has content of a message`)
  }
  return { passed: apps.length - failures.length, failed: failures.length, output: failures.join('\n') }
}

/** Returns the page after the application has served a request and printed the page's address; empty if it ended before. */
function runAndScrape(node, file, cwd) {
  return new Promise((resolve) => {
    const child = spawn(node, ['--import', '@quipu/sdk/register', file], {
      cwd,
      env: { PATH: process.env.PATH, OTEL_EXPORTER_PROMETHEUS_PORT: '0', FEATURE_METRICS_LOGGING_ENABLED: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    })
    let output = ''
    let page = ''
    let isAsked = false
    const onData = (piece) => {
      output += piece
      const url = / pages (\S+)/.exec(output)?.[1]
      if (isAsked || url === undefined || !output.includes('served')) return
      isAsked = true
      fetch(url)
        .then(async (response) => {
          page = (await response.text()) + (await (await fetch(new URL('metrics', url))).text())
        })
        .catch((error) => {
          output += String(error)
        })
        .finally(() => child.kill('SIGKILL'))
    }
    child.stdout.on('data', onData)
    child.stderr.on('data', onData)
    child.once('error', (error) => resolve({ page, output: String(error) }))
    child.once('close', () => resolve({ page, output }))
  })
}
