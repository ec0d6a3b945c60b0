/** A sample of a page. */
export interface PageSample {
  readonly metric: string
  readonly labels: { readonly [name: string]: string }
  readonly value: number
}

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g

/** Reads a page in the Prometheus text format. Lines that are not samples are skipped. */
export function readPage(text: string): readonly PageSample[] {
  return text.split('\n').flatMap((line) => {
    const [, metric, labels = '', value] = SAMPLE.exec(line) ?? []
    if (metric === undefined) return []
    return [{ metric, labels: readLabels(labels), value: Number(value) }]
  })
}

function readLabels(text: string): PageSample['labels'] {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, value]))
}
