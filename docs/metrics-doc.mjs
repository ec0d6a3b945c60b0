// @ts-check
import { exportedNames } from '@quipu/catalog'

/** @typedef {import('@quipu/catalog').Catalog} Catalog */
/** @typedef {import('@quipu/catalog').MetricSpec} MetricSpec */
/** @typedef {import('@quipu/catalog').EventSpec} EventSpec */
/** @typedef {import('@quipu/catalog').FieldSpec} FieldSpec */

/**
 * What each vocabulary is, in the order of the page.
 *
 * @type {{ readonly [vocabulary: string]: readonly [title: string, about: string] }}
 */
const chapters = {
  securetrack: [
    'SecureTrack',
    'The Prometheus metrics of SecureTrack, on `/custom_metrics` under exactly these names and labels (S8–S27).',
  ],
  aki: [
    'Aki',
    'The usage metrics of Aki (K8–K14): over OTLP under these names in the scope `quipu.aki`, on pages with the prefix ' +
      '`aki_`, because `user_action` would else be `user_action_total` of SecureTrack.',
  ],
  quipu: ['Model calls', 'What a model call shows and none of the documents asks for.'],
  gen_ai: ['OpenTelemetry GenAI', "OpenTelemetry's GenAI and MCP conventions."],
  self: ['Quipu itself', 'What was not taken, what was folded, and whether what was taken got out.'],
  app: ['Your own', 'What the application defines.'],
}

/**
 * The text of docs/metrics.md: every metric and event of a catalogue.
 *
 * @param {Catalog} catalog
 * @param {string} classTable the label classes as a Markdown table
 * @returns {string}
 */
export function metricsDoc({ metrics, events }, classTable) {
  const parts = [
    '# Metrics and events',
    'Generated from the catalogue (`packages/catalog/src`) by `npm run generate`: change it there. `source` is the promise ' +
      'of the documents or the page that asks for the metric.',
    '## How to read a label',
    'A label has a closed set of values, or a class that says how values are cleaned:',
    classTable,
    'An open label has at most 200 values and a metric at most 2000 series, unless its entry says otherwise. What comes ' +
      'after that is recorded with the value `other`, and counted on `quipu_folded_total`. The values that an entry names ' +
      'beside a class always get a series of their own.',
  ]
  const entries = Object.entries(metrics)
  for (const [vocabulary, [title, about]] of Object.entries(chapters)) {
    const own = entries.filter(([, spec]) => (spec.vocabulary ?? 'app') === vocabulary)
    if (own.length === 0) continue
    parts.push(`## ${title}`, about, ...own.map(([name, spec]) => metricSection(name, spec)))
  }
  parts.push(
    '## Events',
    'One activity line each: `[METRIC] [user] event key=value …`, where `FEATURE_METRICS_LOGGING_ENABLED` is on. The fields ' +
      'are an allow-list: others are dropped and counted on `quipu_dropped_total`.',
    ...Object.entries(events).map(([name, spec]) => eventSection(name, spec)),
  )
  return `${parts.join('\n\n')}\n`
}

/**
 * @param {string} name
 * @param {MetricSpec} spec
 */
function metricSection(name, spec) {
  const { prometheus, otlp, scope } = exportedNames(name, spec)
  const waysOut = spec.exportTo ?? ['prometheus', 'otlp']
  /** @type {[key: string, value: string][]} */
  const rows = [
    ['kind', spec.aggregation === 'exponential' ? `${spec.kind}, exponential` : spec.kind],
    ['unit', spec.unit === undefined ? 'none' : `\`${spec.unit}\``],
    ['Prometheus', waysOut.includes('prometheus') ? `\`${prometheus}\`` : 'not exported'],
    ['OTLP', waysOut.includes('otlp') ? `\`${otlp}\` in \`${scope}\`` : 'not exported'],
    ...row('edition', spec.profile),
    ['labels', labelList(spec.labels ?? {})],
    ...row('buckets', spec.buckets?.join(', ')),
    ...row('quantiles', spec.quantiles?.join(', ')),
    ['most series', String(spec.budget ?? 2000)],
    ['privacy', spec.privacy ?? 'none'],
    ['processes merge by', spec.merge ?? 'sum'],
    ...row('forgotten after', spec.expireAfterMs && `${spec.expireAfterMs / 1000} s`),
    ['source', spec.source ?? 'not said'],
  ]
  return section(name, spec.help, rows)
}

/**
 * @param {string} name
 * @param {EventSpec} spec
 */
function eventSection(name, spec) {
  return section(name, spec.help, [
    ['fields', labelList(spec.fields)],
    ['source', spec.source ?? 'not said'],
  ])
}

/**
 * A row of a table, or none.
 *
 * @param {string} key
 * @param {string | number | undefined} value
 * @returns {[key: string, value: string][]}
 */
function row(key, value) {
  return value === undefined ? [] : [[key, String(value)]]
}

/**
 * @param {string} name
 * @param {string} help
 * @param {readonly (readonly [key: string, value: string])[]} rows
 */
function section(name, help, rows) {
  const table = rows.map(([key, value]) => `| ${key} | ${value} |`)
  return [`### ${name}`, '', `${help}.`, '', '| | |', '|---|---|', ...table].join('\n')
}

/** @param {{ readonly [name: string]: FieldSpec }} labels */
function labelList(labels) {
  const items = Object.entries(labels).map(([name, label]) => `\`${name}\`: ${describeLabel(label)}`)
  return items.length === 0 ? 'none' : items.join('<br>')
}

/**
 * @param {FieldSpec} label
 * @returns {string}
 */
function describeLabel(label) {
  if (label === 'count') return 'a count'
  if (label === 'bytes') return 'a size in bytes'
  if (typeof label === 'string') return `class \`${label}\``
  if (isList(label)) return listOf(label)
  const parts = [
    label.class === undefined ? '' : `class \`${label.class}\``,
    label.template === undefined ? '' : `like \`${label.template}\``,
    label.values === undefined ? '' : `${label.class === undefined ? '' : 'always '}${listOf(label.values)}`,
    label.budget === undefined ? '' : `at most ${label.budget} values`,
    label.optional ? 'may be left out' : '',
  ].filter(Boolean)
  return label.help === undefined ? parts.join(', ') : `${label.help} (${parts.join(', ')})`
}

/** @param {readonly string[]} values */
function listOf(values) {
  return values.map((value) => `\`${value}\``).join(' ')
}

/**
 * @param {FieldSpec} label
 * @returns {label is readonly string[]}
 */
function isList(label) {
  return Array.isArray(label)
}
