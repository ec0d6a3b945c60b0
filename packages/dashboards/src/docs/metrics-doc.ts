import {
  type Catalog,
  type EventSpec,
  exportedNames,
  type FieldSpec,
  type LabelSpec,
  type MetricSpec,
  type Vocabulary,
} from '@quipu/catalog/builtin'
import { withBuiltins } from '../catalogue/with-builtins.js'
import { labelClasses } from './label-classes.js'

/** The numbered promises of the three documents. */
const PROMISES = 'https://github.com/quipu-metrics/quipu/blob/main/test/conformance/promises.md'

/** The vocabularies in the order of the page. Atlas has events only. */
const chapters: { readonly [V in Exclude<Vocabulary, 'atlas'> | 'app']: readonly [title: string, about: string] } = {
  securetrack: [
    'SecureTrack',
    'The Prometheus metrics of SecureTrack, on `/custom_metrics` under exactly these names and labels.\n\n' +
      'A failed model call counts once, as an error or as a rate limit, for any number of retries, so that errors + rate ' +
      'limits ≤ requests. The share of failed calls:\n\n```promql\n(sum(rate(llm_errors_total[5m])) + ' +
      'sum(rate(llm_rate_limits_total[5m]))) / sum(rate(llm_requests_total[5m]))\n```',
  ],
  aki: [
    'Aki',
    'The usage metrics of Aki: over OTLP under these names in the scope `quipu.aki`, on pages with the prefix `aki_`, ' +
      'because `user_action` would otherwise be `user_action_total` of SecureTrack.',
  ],
  quipu: ['Model calls', 'Metrics of model calls that no document defines.'],
  gen_ai: ['OpenTelemetry GenAI', "OpenTelemetry's GenAI and MCP conventions."],
  semconv: [
    'OpenTelemetry HTTP, process and Node.js',
    "OpenTelemetry's conventions for HTTP, processes, Node.js and V8, on `/metrics` and over OTLP.",
  ],
  instrumentator: [
    'Prometheus FastAPI Instrumentator',
    'The same requests under the names of Prometheus FastAPI Instrumentator, on `/metrics`.',
  ],
  prom_client: [
    'prom-client',
    "The default metrics of prom-client, on `/metrics` when enabled: `start({ prometheus: { standard: ['prom_client'] } })`.",
  ],
  self: ['Quipu itself', 'Dropped, folded and exported data.'],
  app: ['Your own', 'The metrics that the application defines.'],
}

/**
 * Renders the reference page of a catalogue in Markdown: all metrics and events of a recorder with this catalogue, with
 * names, labels, limits and privacy.
 *
 * @param catalog the result of `defineMetrics`, `defineEvents` or `mergeCatalogs`
 * @returns the page; never throws for such a catalogue
 * @example
 * metricsDoc(shop).includes('### shop_orders_total') // true
 */
export function metricsDoc(catalog: Catalog): string {
  const { metrics, events } = withBuiltins(catalog)
  const entries = Object.entries(metrics)
  const parts = [
    '# Metrics and events',
    'Generated from the catalogue by `npm run generate`: change it there. `source` is the document or specification that ' +
      'asks for the metric.',
    '## How to read a label',
    'A label has a closed set of values, or a class that defines how values are cleaned:',
    classTable(),
    'An open label has at most 200 values and a metric at most 2000 series, unless its entry says otherwise. Later values ' +
      'are recorded as `other` and counted on `quipu_folded_total`. The values that an entry names beside a class always ' +
      'get their own series.',
  ]
  for (const [vocabulary, [title, about]] of Object.entries(chapters)) {
    const own = entries.filter(([, spec]) => (spec.vocabulary ?? 'app') === vocabulary)
    if (own.length > 0) parts.push(`## ${title}`, about, ...own.map(([name, spec]) => metricSection(name, spec)))
  }
  parts.push(
    '## Events',
    'One activity line per event: `[METRIC] [user] event key=value …`, where `FEATURE_METRICS_LOGGING_ENABLED` is on. The fields ' +
      'are an allow-list: other fields are dropped and counted on `quipu_dropped_total`.',
    ...Object.entries(events).map(([name, spec]) => eventSection(name, spec)),
  )
  return `${parts.join('\n\n')}\n`
}

function classTable(): string {
  const rows = Object.entries(labelClasses).map(
    ([name, [accepts, otherwise]]) => `| \`${name}\` | ${accepts} | ${otherwise} |`,
  )
  return ['| class | accepts | what does not fit |', '|---|---|---|', ...rows].join('\n')
}

function metricSection(name: string, spec: MetricSpec): string {
  const { prometheus, otlp, scope } = exportedNames(name, spec)
  const paths = spec.exportTo ?? ['prometheus', 'otlp']
  return section(name, spec.help, {
    kind: spec.aggregation === 'exponential' ? `${spec.kind}, exponential` : spec.kind,
    unit: spec.unit === undefined ? 'none' : `\`${spec.unit}\``,
    Prometheus: paths.includes('prometheus') ? `\`${prometheus}\`` : 'not exported',
    OTLP: paths.includes('otlp') ? `\`${otlp}\` in \`${scope}\`` : 'not exported',
    edition: spec.profile,
    labels: labelList(spec.labels ?? {}),
    buckets: spec.buckets?.join(', '),
    quantiles: spec.quantiles?.join(', '),
    'most series': String(spec.budget ?? 2000),
    privacy: spec.privacy ?? 'none',
    'processes merge by': spec.merge ?? 'sum',
    'forgotten after': spec.expireAfterMs === undefined ? undefined : `${spec.expireAfterMs / 1000} s`,
    source: sourceOf(spec),
  })
}

function eventSection(name: string, spec: EventSpec): string {
  return section(name, spec.help, { fields: labelList(spec.fields), source: sourceOf(spec) })
}

/** A heading, a sentence, and a table of the rows that have a value. */
function section(name: string, help: string, rows: { readonly [key: string]: string | undefined }): string {
  const table = Object.entries(rows).flatMap(([key, value]) => (value === undefined ? [] : [`| ${key} | ${value} |`]))
  return [`### ${name}`, '', `${help}.`, '', '| | |', '|---|---|', ...table].join('\n')
}

function labelList(labels: { readonly [name: string]: FieldSpec }): string {
  const items = Object.entries(labels).map(([name, label]) => `\`${name}\`: ${describe(label)}`)
  return items.length === 0 ? 'none' : items.join('<br>')
}

function describe(label: FieldSpec): string {
  if (label === 'count') return 'a count'
  if (label === 'bytes') return 'a size in bytes'
  if (typeof label === 'string') return `class \`${label}\``
  if (isClosedSet(label)) return listOf(label)
  const parts = [
    label.class === undefined ? '' : `class \`${label.class}\``,
    label.template === undefined ? '' : `like \`${label.template}\``,
    label.values === undefined ? '' : `${label.class === undefined ? '' : 'always '}${listOf(label.values)}`,
    label.budget === undefined ? '' : `at most ${label.budget} values`,
    label.optional ? 'may be left out' : '',
  ].filter(Boolean)
  return label.help === undefined ? parts.join(', ') : `${label.help} (${parts.join(', ')})`
}

function listOf(values: readonly string[]): string {
  return values.map((value) => `\`${value}\``).join(' ')
}

function isClosedSet(label: LabelSpec): label is readonly string[] {
  return Array.isArray(label)
}

/** A numbered promise of a document links to the table of all promises; a specification is named. */
function sourceOf({ source = 'not stated' }: MetricSpec | EventSpec): string {
  return source.replace(/\b[AKST]\d+\b/g, (id) => `[${id}](${PROMISES})`)
}
