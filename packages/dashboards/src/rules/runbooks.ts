import type { AlertRule, Severity } from './rule.js'

const urgency: { readonly [S in Severity]: string } = {
  page: 'at once',
  ticket: 'in working hours',
  info: 'when there is time',
}

/** Renders a page with a section per alert: meaning, causes, actions. */
export function runbooks(alerts: readonly AlertRule[]): string {
  const sections = alerts.map(({ name, severity, for: held, expr, board, runbook }) =>
    [
      `## ${name}`,
      runbook.means,
      `Look at it ${urgency[severity]}${held === undefined ? '' : `; it has held for ${held}`}. Board: \`quipu-${board}\`.`,
      'Causes:',
      runbook.causes.map((cause) => `- ${cause}`).join('\n'),
      `What to do: ${lowerFirst(runbook.act)}`,
      ['```promql', expr, '```'].join('\n'),
    ].join('\n\n'),
  )
  return `${['# Runbooks', 'One section for each alert of `alerts.yaml`.', ...sections].join('\n\n')}\n`
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text
}
