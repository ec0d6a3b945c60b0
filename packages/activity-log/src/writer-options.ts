import { QuipuError } from '@quipu/catalog/builtin'
import { type ActivityEvent, createPseudonymizer } from '@quipu/core'
import { formatMetricLine } from './format.js'
import { formatMetricJson } from './json.js'
import { type ActivitySink, functionSink, type LineOutcome, type SinkFunction } from './sink.js'

/** As much of a recorder as the writer needs to say what became of its lines. */
export interface LineCounter {
  readonly metrics: {
    readonly quipu_activity_lines_total: { add(value: number, labels: { readonly outcome: LineOutcome }): void }
  }
  /** Counts on `quipu_dropped_total` and says each cause once. */
  drop(metric: string, reason: string): void
}

export interface ActivityWriterOptions {
  /** Where lines go. */
  readonly sink: ActivitySink | SinkFunction
  /** `text` is the `[METRIC]` line, `json` one JSON object a line. Default `text`. */
  readonly format?: 'text' | 'json' | undefined
  /**
   * Who is named (T23): `plain` the user as given, `hmac` a keyed pseudonym of 16 hexadecimal digits, `none` nobody
   * (`[unknown]`). Default `plain`, as Atlas documents it.
   */
  readonly users?: 'plain' | 'hmac' | 'none' | undefined
  /** The secret of `hmac`, at least 16 characters. Without one a random key is made, and pseudonyms change at every start. */
  readonly key?: string | undefined
  /** Takes the place of the built-in HMAC, for instance to share pseudonyms with other systems. */
  readonly pseudonymize?: ((user: string) => string) | undefined
  /** Counts the lines on `quipu_activity_lines_total`. */
  readonly recorder?: LineCounter | undefined
  /** Longest that `flush` and `close` wait for the sink, in milliseconds. Default 2000. */
  readonly timeoutMs?: number | undefined
}

function invalid(option: string, got: string, fix: string): QuipuError {
  return new QuipuError('QUIPU_CONFIG_INVALID', { what: `The activity log's ${option} cannot be used.`, got, fix })
}

function describe(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : value === null ? 'null' : typeof value
}

/** A sink of what was given as one. */
export function toSink(sink: ActivityWriterOptions['sink']): ActivitySink {
  if (typeof sink === 'function') return functionSink(sink)
  if (typeof sink?.write === 'function') return sink
  throw invalid(
    'sink',
    describe(sink),
    "pass stdoutSink(), fileSink('activity.log'), a function, or { write(line, event) }",
  )
}

/** What makes the lines. */
export function toFormatter(format: ActivityWriterOptions['format']): (event: ActivityEvent) => string {
  if (format === undefined || format === 'text') return formatMetricLine
  if (format === 'json') return formatMetricJson
  throw invalid('format', describe(format), "use 'text' or 'json'")
}

/** Without a pseudonym there is no user: the name itself must not stand in for it. */
function orNobody(pseudonymize: (user: string) => string): (user: string) => string | null {
  return (user) => {
    try {
      return pseudonymize(user)
    } catch {
      return null
    }
  }
}

/** How a user is called on the lines. */
export function toNaming(options: Omit<ActivityWriterOptions, 'sink'>): (user: string) => string | null {
  const { users = 'plain', key, pseudonymize } = options
  switch (users) {
    case 'plain':
      return (user) => user
    case 'none':
      return () => null
    case 'hmac':
      if (pseudonymize !== undefined) return orNobody(pseudonymize)
      return orNobody(createPseudonymizer(key))
    default:
      throw invalid('users', describe(users), "use 'plain', 'hmac' or 'none'")
  }
}
