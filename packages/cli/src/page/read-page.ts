/** A sample of a page. */
export interface PageSample {
  readonly metric: string
  readonly labels: { readonly [name: string]: string }
  readonly value: number
}

// The labels end at the first brace outside quotes: an exemplar after the value has braces too.
const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? (\S+)/
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Reads a page in the Prometheus text format or OpenMetrics. Lines that are not samples are skipped. */
export function readPage(text: string): readonly PageSample[] {
  return text.split('\n').flatMap((line) => {
    const [, metric, labels = '', value = ''] = SAMPLE.exec(line) ?? []
    if (metric === undefined) return []
    return [{ metric, labels: readLabels(labels), value: toNumber(value) }]
  })
}

function toNumber(text: string): number {
  if (/^[+-]?inf$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(text)
}

function readLabels(text: string): PageSample['labels'] {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, unescaped(value)]))
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
