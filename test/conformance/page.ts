import { type PageRecorder, renderPage } from '@quipu/prometheus'

/** One line of a page. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** One metric of a page. */
export interface PageFamily {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly samples: readonly Sample[]
}

/** Reads the page of a recorder. */
export async function pageOf(recorder: PageRecorder): Promise<readonly PageFamily[]> {
  return parsePage(await renderPage(recorder))
}

/** Returns one family of a recorder's page. @throws Error if it is missing */
export async function familyOf(recorder: PageRecorder, name: string): Promise<PageFamily> {
  const family = (await pageOf(recorder)).find((each) => each.name === name)
  if (family === undefined) throw new Error(`${name} is not on the page`)
  return family
}

/** The samples of a family without their buckets, as `name{label="value"}` → value. */
export async function valuesOf(recorder: PageRecorder, name: string): Promise<Readonly<Record<string, number>>> {
  const { samples } = await familyOf(recorder, name)
  return toValues(samples.filter((sample) => !sample.name.endsWith('_bucket')))
}

/** Samples as `name{label="value"}` → value. */
export function toValues(samples: readonly Sample[]): Readonly<Record<string, number>> {
  return Object.fromEntries(samples.map((sample) => [keyOf(sample), sample.value]))
}

function keyOf({ name, labels }: Sample): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

/**
 * Parses a text 0.0.4 page and throws if it is not strictly valid: HELP and TYPE once per family and before its samples,
 * families in one piece, no duplicate sample or label, a line break at the end.
 */
export function parsePage(text: string): readonly PageFamily[] {
  if (text !== '' && !text.endsWith('\n')) throw new Error('the page does not end with a line break')
  const families = new Map<string, { help?: string; type?: string; samples: Sample[] }>()
  const seen = new Set<string>()
  let current = ''
  const open = (name: string) => {
    if (current !== name && (families.get(name)?.samples.length ?? 0) > 0) throw new Error(`${name} is in two pieces`)
    current = name
    const family = families.get(name) ?? { samples: [] }
    families.set(name, family)
    return family
  }
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, what, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) ?(.*)$/.exec(line) ?? []
    if (what !== undefined) {
      const family = open(name)
      const key = what === 'HELP' ? 'help' : 'type'
      if (family[key] !== undefined || family.samples.length > 0) throw new Error(`${line}: too late or twice`)
      family[key] = rest
      continue
    }
    if (line.startsWith('#')) continue
    const sample = parseSample(line)
    const owner = open(ownerOf(sample.name, current))
    if (owner.type === undefined || owner.help === undefined) throw new Error(`${line}: without HELP and TYPE`)
    if (seen.has(keyOf(sample))) throw new Error(`${keyOf(sample)} is there twice`)
    seen.add(keyOf(sample))
    owner.samples.push(sample)
  }
  return [...families].map(([name, { help = '', type = '', samples }]) => ({ name, help, type, samples }))
}

function ownerOf(sample: string, current: string): string {
  return /^_(?:bucket|sum|count)$/.test(sample.slice(current.length)) && sample.startsWith(current) ? current : sample
}

function parseSample(line: string): Sample {
  const match = /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>\S+)(?: \d+)?$/.exec(line)
  if (match?.groups === undefined) throw new Error(`no sample: ${line}`)
  const { name = '', labels = '', value = '' } = match.groups
  const pairs: [string, string][] = []
  const pattern = /(\w+)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/gy
  while (pattern.lastIndex < labels.length) {
    const pair = pattern.exec(labels)
    if (pair === null) throw new Error(`labels of: ${line}`)
    const [, label = '', text = ''] = pair
    if (pairs.some(([other]) => other === label)) throw new Error(`${label} is there twice: ${line}`)
    pairs.push([label, text.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))])
  }
  return { name, labels: Object.fromEntries(pairs), value: toNumber(value) }
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  const value = Number(text)
  if (Number.isNaN(value) && text !== 'NaN') throw new Error(`no number: ${text}`)
  return value
}
