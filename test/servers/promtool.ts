import { type RunResult, runProgram } from './run-program.js'
import { serverPath } from './server-path.js'

/** Runs promtool, such as `promtool(['test', 'rules', 'rules.test.yaml'])`. */
export async function promtool(args: readonly string[], stdin = '', cwd?: string): Promise<RunResult> {
  return await runProgram(serverPath('promtool'), args, { stdin, ...(cwd !== undefined && { cwd }) })
}

/** Result of `promtool check metrics` for a page. */
export interface MetricsPageCheck {
  /** 0: no finding. 1: unreadable. 3: readable, but against the naming advice. */
  readonly code: number | null
  /** One line per finding. */
  readonly problems: readonly string[]
}

/**
 * Runs `promtool check metrics` on a page. It reads the text format and accepts some errors that only the strict parser
 * (`parseOpenMetrics`) rejects: NaN counters, a wrong `# UNIT`, a missing `# EOF`.
 */
export async function checkMetricsPage(page: string): Promise<MetricsPageCheck> {
  const { code, stdout, stderr } = await promtool(['check', 'metrics'], page)
  return { code, problems: `${stdout}${stderr}`.split('\n').filter((line) => line !== '') }
}
