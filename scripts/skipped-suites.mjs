/**
 * Lists skipped suites, the reason, and how to run them: one line per reason.
 * @param {{ testResults: readonly { name: string, assertionResults: readonly { status: string, ancestorTitles: readonly string[], title: string, meta?: unknown }[] }[] }} report
 *   of vitest's json reporter
 * @returns {readonly string[]}
 */
export function describeSkipped({ testResults }) {
  /** @type {Map<string, { tests: number, suites: Set<string> }>} */
  const reasons = new Map()
  for (const { name, assertionResults } of testResults) {
    for (const { status, ancestorTitles, title } of assertionResults) {
      if (status !== 'skipped' && status !== 'pending' && status !== 'todo') continue
      const reason =
        reasonIn([...ancestorTitles, title]) ?? `said in ${name.replace(/^.*\/(?=packages|test|examples)/, '')}`
      const group = reasons.get(reason) ?? { tests: 0, suites: new Set() }
      group.tests++
      group.suites.add(name)
      reasons.set(reason, group)
    }
  }
  return Array.from(
    reasons,
    ([reason, { tests, suites }]) => `skipped ${tests} in ${suites.size} files: ${reason}`,
  ).sort()
}

/** Suites that need a program give the reason in their title: `… [skipped: prometheus is not installed: …]`. */
function reasonIn(titles) {
  return titles.map((title) => /\[skipped: (.+)\]$/.exec(title)?.[1]).find((reason) => reason !== undefined)
}
