import type { MetricSpecs } from '@quipu/catalog/builtin'
import type { BackendName } from '../backend-rules.js'
import type { CollectorBackend } from './collector-preset.js'

/** A name that a back end would reject, shorten or change. */
export interface CatalogFinding {
  readonly metric: string
  /** Undefined if the finding is about the metric's own name. */
  readonly label?: string
  /** The back end's rule. */
  readonly what: string
}

interface NameRules {
  readonly metric?: readonly [pattern: RegExp, what: string]
  readonly label?: readonly [pattern: RegExp, what: string]
  readonly maxLabels?: number
}

/** Documented rules; docs/presets.md has the sources and lists what could not be checked. */
const nameRules: { readonly [B in BackendName | CollectorBackend]?: NameRules } = {
  dynatrace: {
    metric: [/^[A-Za-z][\w.-]{1,254}$/, 'has to have 2 to 255 letters, digits, - and _, sections apart by dots'],
    label: [
      /^[a-z][a-z0-9._-]{0,99}$/,
      'is cut at 100 characters; capitals and others than a-z, 0-9, - . _ are replaced',
    ],
    maxLabels: 50,
  },
  newrelic: {
    metric: [/^.{1,255}$/su, 'is longer than 255 characters'],
    label: [/^.{1,255}$/su, 'is longer than 255 characters'],
  },
  gcp: {
    metric: [/^[A-Za-z][\w:./]*$/, 'may have letters, digits and _ : . / only, and starts with a letter'],
    label: [/^[A-Za-z_][\w.]*$/, 'may have letters, digits, _ and . only, and does not start with a digit'],
  },
}

/**
 * Finds names of a catalogue that a back end changes or rejects, for a test or a build.
 *
 * @param backend name of the back end
 * @returns empty for a back end without documented rules; never throws
 * @example
 * expect(checkCatalogFor('gcp', catalog)).toEqual([])
 */
export function checkCatalogFor(
  backend: BackendName | CollectorBackend,
  { metrics }: { readonly metrics: MetricSpecs },
): readonly CatalogFinding[] {
  const { metric: metricRule, label: labelRule, maxLabels = Number.POSITIVE_INFINITY } = nameRules[backend] ?? {}
  return Object.entries(metrics).flatMap(([key, { otlpName = key, labels = {} }]) => {
    const names = Object.keys(labels)
    const findings: CatalogFinding[] = []
    if (metricRule?.[0].test(otlpName) === false) findings.push({ metric: otlpName, what: metricRule[1] })
    if (names.length > maxLabels) findings.push({ metric: otlpName, what: `has more than ${maxLabels} labels` })
    for (const label of names) {
      if (labelRule?.[0].test(label) === false) findings.push({ metric: otlpName, label, what: labelRule[1] })
    }
    return findings
  })
}
