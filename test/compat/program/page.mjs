import { createRecorder } from '@quipu/core'
import { renderPage } from '@quipu/prometheus'
import { equal, ok } from './checks.mjs'
import { seriesOf } from './read.mjs'
import { shop } from './record.mjs'

/** Creates a recorder with all kinds of metrics, and with characters that break pages. */
export function busyRecorder() {
  const recorder = createRecorder({ catalog: shop })
  recorder.metrics.shop_orders_total.add(1, { channel: 'web', country: 'PE' })
  recorder.metrics.shop_basket_items.record(3, { channel: 'app' })
  recorder.metrics.shop_basket_items.record(0.5, { channel: 'app' })
  for (const note of ['plain', 'say "hi"', 'back\\slash', 'new\nline', 'ñandú 🦙', 'a,b="c"}', '']) {
    recorder.metrics.shop_notes_total.add(2, { note })
  }
  recorder.metrics.app_active_sessions.set(3)
  recorder.withFeature('search', () => 1)
  recorder.trackFileUpload({ sizeBytes: 1024, contentType: 'application/pdf' })
  recorder.observeRequest({ endpoint: '/users/:id', method: 'GET', statusCode: 200, durationMs: 12 })
  const call = recorder.startLlmCall({ model: 'gpt-4', endpoint: 'chat' })
  call.usage({ inputTokens: 120, outputTokens: 30 })
  call.output('hello')
  call.end()
  return recorder
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)(?: (\S+))?(?: # .*)?$/
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/y

function labelsOf(text) {
  const labels = {}
  LABEL.lastIndex = 0
  for (let at = 0; at < text.length; at = LABEL.lastIndex) {
    const match = LABEL.exec(text)
    if (match === null) throw new Error(`labels that cannot be read: ${text}`)
    const value = match[2].replace(/\\(.)/g, (_, char) => (char === 'n' ? '\n' : char))
    // Bounds are compared as numbers: 10, 10.0 and 1e+01 are equal.
    labels[match[1]] = match[1] === 'le' ? String(numberOf(value)) : value
  }
  return labels
}

const numberOf = (text) => (text === '+Inf' ? Number.POSITIVE_INFINITY : Number(text))

const keyOf = (name, labels) => `${name}${JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)))}`

/** Parses a page strictly: it rejects samples without a TYPE, duplicate samples and split families. */
export function parsePage(text, { openMetrics = false } = {}) {
  const samples = new Map()
  const types = new Map()
  let family
  const lines = text.split('\n')
  equal(lines.pop(), '', 'the text after the last newline')
  if (openMetrics) equal(lines.pop(), '# EOF', 'the last line')
  for (const line of lines) {
    const comment = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line)
    if (comment !== null) {
      const [, kind, name, rest] = comment
      if (kind === 'TYPE') {
        ok(!types.has(name), `${name} has one TYPE`)
        types.set(name, rest)
      }
      family = name
      continue
    }
    const sample = SAMPLE.exec(line)
    if (sample === null) throw new Error(`a line that cannot be read: ${JSON.stringify(line)}`)
    const [, name, labels = '', value] = sample
    ok(name.startsWith(family), `${name} stands in its family ${family}`)
    const key = keyOf(name, labelsOf(labels))
    ok(!samples.has(key), `${key} is there once`)
    samples.set(key, numberOf(value))
  }
  return { samples, types }
}

/** Returns the expected samples of a series on a page. */
function* samplesOf({ reading, labels, value }) {
  const { prometheusName: name, spec, bounds } = reading
  if (typeof value === 'number') {
    yield [keyOf(name, labels), value]
    return
  }
  yield [keyOf(`${name}_sum`, labels), value.sum]
  if (spec.kind === 'summary') {
    yield [keyOf(`${name}_count`, labels), value.count]
    return
  }
  let count = 0
  for (const [i, each] of value.counts.entries()) {
    count += each
    yield [keyOf(`${name}_bucket`, { ...labels, le: String(bounds[i] ?? Number.POSITIVE_INFINITY) }), count]
  }
  yield [keyOf(`${name}_count`, labels), count]
}

function compare(recorder, { samples }) {
  let seen = 0
  for (const series of seriesOf(recorder)) {
    // Metrics about pages change while a page is written.
    if (series.reading.name.startsWith('quipu_')) continue
    for (const [key, value] of samplesOf(series)) {
      seen++
      equal(samples.get(key), value, key)
    }
  }
  ok(seen > 30, `there are many samples (${seen})`)
}

/** Pages have exactly the values of the store, in both text formats. */
export async function pageChecks({ check }) {
  await check('the text page reads back as what was recorded', async () => {
    const recorder = busyRecorder()
    compare(recorder, parsePage(await renderPage(recorder)))
  })
  await check('the OpenMetrics page reads back as what was recorded', async () => {
    const recorder = busyRecorder()
    const text = await renderPage(recorder, { accept: 'application/openmetrics-text' })
    const page = parsePage(text, { openMetrics: true })
    compare(recorder, page)
    equal(page.types.get('shop_orders'), 'counter', 'the type of the family without _total')
  })
  await check('a page of chosen families has only those', async () => {
    const text = await renderPage(busyRecorder(), { names: ['app_active_sessions'] })
    equal([...parsePage(text).types.keys()], ['app_active_sessions'])
  })
}
