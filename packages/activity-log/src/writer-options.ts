import { QuipuError } from '@quipu/catalog/builtin'
import { type ActivityEvent, createPseudonymizer } from '@quipu/core'
import { formatMetricLine } from './format.js'
import { formatMetricJson } from './json.js'
import { type ActivitySink, functionSink, type LineOutcome, type SinkFunction } from './sink.js'

/** The part of a recorder that counts the outcome of lines. */
export interface LineCounter {
  readonly metrics: {
    readonly quipu_activity_lines_total: { add(value: number, labels: { readonly outcome: LineOutcome }): void }
  }
  /** Counts on `quipu_dropped_total` and logs each cause once. */
  drop(metric: string, reason: string): void
}

export interface ActivityWriterOptions {
  /** Destination of lines. */
  readonly sink: ActivitySink | SinkFunction
  /** `text` writes `[METRIC]` lines, `json` one JSON object per line. Default `text`. */
  readonly format?: 'text' | 'json' | undefined
  /**
   * Representation of users: `plain` as given, `hmac` as a keyed pseudonym of 16 hexadecimal digits, `none` as
   * `[unknown]`.
   * Default `plain`, as Atlas documents it.
   */
  readonly users?: 'plain' | 'hmac' | 'none' | undefined
  /** The secret for `hmac`, at least 16 characters. Default: a random key, so that pseudonyms change at every start. */
  readonly key?: string | undefined
  /** Replaces the built-in HMAC, for example to share pseudonyms with another system. */
  readonly pseudonymize?: ((user: string) => string) | undefined
  /** Counts the lines on `quipu_activity_lines_total`. */
  readonly recorder?: LineCounter | undefined
  /** The longest time that `flush` and `close` wait for the sink, in milliseconds. Default 2000. */
  readonly timeoutMs?: number | undefined
}

function invalid(option: string, got: string, fix: string): QuipuError {
  return new QuipuError('QUIPU_CONFIG_INVALID', { what: `The activity log's ${option} is invalid.`, got, fix })
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value
}

/** Returns the sink of the options. */
export function toSink(sink: ActivityWriterOptions['sink']): ActivitySink {
  if (typeof sink === 'function') return functionSink(sink)
  if (typeof sink?.write === 'function') return sink
  throw invalid(
    'sink',
    describe(sink),
    "pass stdoutSink(), fileSink('activity.log'), a function, or { write(line, event) }",
  )
}

/** Returns the function that formats an event as a line. */
export function toFormatter(format: ActivityWriterOptions['format']): (event: ActivityEvent) => string {
  if (format === undefined || format === 'text') return formatMetricLine
  if (format === 'json') return formatMetricJson
  throw invalid('format', describe(format), "use 'text' or 'json'")
}

/** A user without a pseudonym is unknown: the plain name must not appear in its place. */
function orUnknown(pseudonymize: (user: string) => string): (user: string) => string | null {
  return (user) => {
    try {
      return pseudonymize(user)
    } catch {
      return null
    }
  }
}

/** Returns the function that gives the name of a user on lines. */
export function toNaming(options: Omit<ActivityWriterOptions, 'sink'>): (user: string) => string | null {
  const { users = 'plain', key, pseudonymize } = options
  switch (users) {
    case 'plain':
      return (user) => user
    case 'none':
      return () => null
    case 'hmac':
      if (pseudonymize !== undefined) return orUnknown(pseudonymize)
      return orUnknown(createPseudonymizer(key))
    default:
      throw invalid('users', describe(users), "use 'plain', 'hmac' or 'none'")
  }
}
