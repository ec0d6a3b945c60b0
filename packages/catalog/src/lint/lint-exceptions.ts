import type { LintException } from './lint-rule.js'

/** Exceptions of the built-in entries. */
export const lintExceptions: readonly LintException[] = [
  {
    rule: 'base-unit',
    name: 'execution_time',
    reason: 'Aki’s document has milliseconds; a twin in seconds would need another name',
  },
  {
    rule: 'reserved-suffix',
    name: 'process.unix.file_descriptor.count',
    reason: 'the semantic conventions define this name',
  },
  ...['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'].map((name) => ({
    rule: 'non-counter-total' as const,
    name,
    reason: 'prom-client uses this name, and boards query it',
  })),
]
