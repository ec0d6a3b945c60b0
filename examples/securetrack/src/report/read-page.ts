import type { Labels } from '../traffic/account.js'

/** A sample of a page. */
export interface Sample {
  readonly metric: string
  readonly labels: Labels
  readonly value: number
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g
const ESCAPES: { readonly [escaped: string]: string } = { '\\n': '\n', '\\"': '"', '\\\\': '\\' }

/** Parses a page in the text format 0.0.4, as a scraper does. */
export function readPage(page: string): Sample[] {
  return page.split('\n').flatMap((line) => {
    const [, metric, labels = '', value] = LINE.exec(line) ?? []
    if (metric === undefined) return []
    return [{ metric, labels: readLabels(labels), value: Number(value) }]
  })
}

function readLabels(text: string): Labels {
  return Object.fromEntries(
    [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll(/\\[n"\\]/g, (escaped) => ESCAPES[escaped] ?? escaped),
    ]),
  )
}

/** Returns the sum of all samples with this name and these labels; an empty value means an absent label. */
export function sumOf(samples: readonly Sample[], metric: string, labels: Labels = {}): number {
  const wanted = Object.entries(labels)
  return samples
    .filter(
      (sample) => sample.metric === metric && wanted.every(([name, value]) => (sample.labels[name] ?? '') === value),
    )
    .reduce((sum, { value }) => sum + value, 0)
}
