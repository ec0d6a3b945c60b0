import type { LintException } from './lint-rule.js'

/** Where the built-in entries break a rule on purpose. */
export const lintExceptions: readonly LintException[] = [
  {
    rule: 'base-unit',
    name: 'execution_time',
    reason: 'K12 promises milliseconds; a twin in seconds would need another name (T30)',
  },
  {
    rule: 'reserved-suffix',
    name: 'process.unix.file_descriptor.count',
    reason: 'the name of the semantic conventions',
  },
  ...['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'].map((name) => ({
    rule: 'non-counter-total' as const,
    name,
    reason: 'the name that prom-client gives the gauge, and that boards ask for',
  })),
]
