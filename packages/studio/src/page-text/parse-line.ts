/** A [METRIC] line in its parts. */
export interface MetricLine {
  readonly user: string
  readonly event: string
  readonly fields: readonly (readonly [key: string, value: string])[]
}

const LINE = /\[METRIC\] \[([^\]]*)\] ([a-z][a-z0-9_]*)(.*)$/
const FIELD = / ([a-z][a-z0-9_]*)=(?:"((?:[^"\\]|\\.)*)"|(\S+))/g

/** Parses a [METRIC] line, also after a logger's prefix; null for any other line. Never throws. */
export function parseLine(text: string): MetricLine | null {
  const [, user, event, rest = ''] = LINE.exec(text) ?? []
  if (user === undefined || event === undefined) return null
  const fields = Array.from(
    rest.matchAll(FIELD),
    ([, key = '', quoted, bare]) => [key, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? ''] as const,
  )
  return { user, event, fields }
}
