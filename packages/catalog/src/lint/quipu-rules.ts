import type { LabelSpec } from '../types.js'
import type { MetricRules } from './lint-rule.js'

const personal = /^(e_?mail|user|user_?name|user_?id|login|phone|ip|ip_?address|session_?id)$/i

/** Quipu's rules: each gauge declares how processes are merged, and each label declares its privacy. */
export const quipuRules: MetricRules = function* (_key, spec) {
  if ((spec.kind === 'gauge' || spec.kind === 'upDownCounter') && spec.merge === undefined) {
    yield ['gauge-merge', 'does not declare how processes are merged: sum, max, min, last or live']
  }
  if ((spec.privacy ?? 'none') !== 'none') return
  for (const [name, label] of Object.entries(spec.labels ?? {})) {
    const open = classOf(label)
    if (open === 'id' || (open !== undefined && personal.test(name))) {
      yield ['privacy', `label ${name} describes a person, but privacy is none`]
    }
  }
}

function classOf(label: LabelSpec): string | undefined {
  if (typeof label === 'string') return label
  return 'class' in label ? label.class : undefined
}
