import type { LintException } from './lint-rule.js'

/** Where the built-in entries break a rule on purpose. */
export const lintExceptions: readonly LintException[] = [
  {
    rule: 'base-unit',
    name: 'execution_time',
    reason: 'K12 promises milliseconds; a twin in seconds would need another name (T30)',
  },
]
