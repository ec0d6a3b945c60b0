import { type RunResult, runProgram } from './run-program.js'
import { serverPath } from './server-path.js'

/** Runs promtool, as `promtool(['test', 'rules', 'rules.test.yaml'])`. */
export async function promtool(args: readonly string[], stdin = '', cwd?: string): Promise<RunResult> {
  return await runProgram(serverPath('promtool'), args, { stdin, ...(cwd !== undefined && { cwd }) })
}

/** What `promtool check metrics` says of a page. */
export interface MetricsPageCheck {
  /** 0: nothing found. 1: not readable. 3: readable, but against the naming advice. */
  readonly code: number | null
  /** One line a finding. */
  readonly problems: readonly string[]
}

/**
 * Runs `promtool check metrics` on a page. It reads the text format and lets pass what only the strict parser refuses:
 * NaN counters, a wrong `# UNIT`, a missing `# EOF` (`parseOpenMetrics`).
 */
export async function checkMetricsPage(page: string): Promise<MetricsPageCheck> {
  const { code, stdout, stderr } = await promtool(['check', 'metrics'], page)
  return { code, problems: `${stdout}${stderr}`.split('\n').filter((line) => line !== '') }
}
