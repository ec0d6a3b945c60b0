import type { MetricKind } from '@quipu/catalog/builtin'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parsePage } from '../../fixtures/parse-page.js'
import { message, messages, readDelimited, text } from '../../fixtures/read-protobuf.js'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage, type PageRecorder } from '../families/catalog-page.js'
import { declaredLabelName } from '../families/label-names.js'
import { toPageName } from '../families/page-names.js'
import { negotiateFormat } from '../serving/negotiate.js'
import { canonicalText } from './number-text.js'
import { createPage } from './page.js'

const accept = (format: string, escaping: string) => `${format};version=1.0.0;escaping=${escaping}`
const OPENMETRICS = 'application/openmetrics-text'
const PROTOBUF = 'application/vnd.google.protobuf;encoding=delimited;escaping=allow-utf-8'

function render(recorder: PageRecorder, header: string) {
  return createPage(catalogPage(recorder)).render({ format: negotiateFormat(header, 'utf-8') })
}

const duration = fakeReading(
  'http.server.duration',
  { kind: 'histogram', unit: 's', help: 'How "long"', buckets: [0.5] },
  [{ values: ['GET', 'a"b'], data: [0.7, 1, 2] }, { data: [0, 0, 0] }],
  ['http.request.method', 'model'],
)

describe('a page of raw names', () => {
  it('has them in quotes, names and labels, and in the metadata', async () => {
    const page = await render(fakeRecorder(duration), accept(OPENMETRICS, 'allow-utf-8'))
    expect(page.contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8')
    expect(page.text()).toBe(`# HELP "http.server.duration_seconds" How \\"long\\"
# TYPE "http.server.duration_seconds" histogram
# UNIT "http.server.duration_seconds" seconds
{"http.server.duration_seconds_bucket","http.request.method"="GET",model="a\\"b",le="0.5"} 1
{"http.server.duration_seconds_bucket","http.request.method"="GET",model="a\\"b",le="+Inf"} 3
{"http.server.duration_seconds_sum","http.request.method"="GET",model="a\\"b"} 0.7
{"http.server.duration_seconds_count","http.request.method"="GET",model="a\\"b"} 3
{"http.server.duration_seconds_bucket",le="0.5"} 0
{"http.server.duration_seconds_bucket",le="+Inf"} 0
{"http.server.duration_seconds_sum"} 0
{"http.server.duration_seconds_count"} 0
# EOF
`)
  })

  it.each([
    ['underscores', 'http_server_duration_seconds', 'http_request_method'],
    ['dots', 'http_dot_server_dot_duration__seconds', 'http_dot_request_dot_method'],
    ['values', 'U__http_2e_server_2e_duration__seconds', 'U__http_2e_request_2e_method'],
    ['something', 'http_server_duration_seconds', 'http_request_method'],
  ])('has legal names in the scheme %s', async (scheme, name, label) => {
    const page = await render(fakeRecorder(duration), accept('text/plain', scheme))
    const [family] = parsePage(page.text(), 'text')
    expect(family?.name).toBe(name)
    expect(Object.keys(family?.samples[2]?.labels ?? {})).toEqual([label, 'model'])
    const echoed = scheme === 'something' ? 'underscores' : scheme
    expect(page.contentType).toBe(`text/plain; version=1.0.0; charset=utf-8; escaping=${echoed}`)
  })

  it('does not depend on earlier requests to the recorder', async () => {
    const page = createPage(catalogPage(fakeRecorder(duration)))
    const names = async (scheme: string) => {
      const format = negotiateFormat(accept('text/plain', scheme), 'utf-8')
      return parsePage((await page.render({ format })).text(), 'text')[0]?.name
    }
    const first = [await names('allow-utf-8'), await names('underscores')]
    expect(first).toEqual(['http.server.duration_seconds', 'http_server_duration_seconds'])
    expect([await names('allow-utf-8'), await names('underscores')]).toEqual(first)
  })

  it('is not served in a version without quoted names', async () => {
    const page = await render(fakeRecorder(duration), 'text/plain;version=0.0.4;escaping=allow-utf-8')
    expect(page.contentType).toBe('text/plain; version=0.0.4; charset=utf-8; escaping=underscores')
    expect(parsePage(page.text(), 'text')[0]?.name).toBe('http_server_duration_seconds')
  })

  it('is not served unless the option is set', async () => {
    const format = negotiateFormat(accept(OPENMETRICS, 'allow-utf-8'))
    const page = await createPage(catalogPage(fakeRecorder(duration))).render({ format })
    expect(page.text()).toContain('http_server_duration_seconds_count 0')
    expect(page.text()).not.toContain('{"')
  })

  it('has them unchanged in protobuf', async () => {
    const page = await render(fakeRecorder(duration), PROTOBUF)
    const [family] = readDelimited(Buffer.concat(page.pieces))
    expect(text(family?.get(1)?.[0])).toBe('http.server.duration_seconds')
    const labels = messages(message(family, 4), 1).map((pair) => [text(pair.get(1)?.[0]), text(pair.get(2)?.[0])])
    expect(labels).toEqual([
      ['http.request.method', 'GET'],
      ['model', 'a"b'],
    ])
  })
})

const name = fc.oneof(
  fc.constantFrom('a.b', 'a_b', 'été', '1x', 'x{y="z"}', 'le', 'quantile', 'a\\b', '__name__', '__a.b', '"', ','),
  fc.string({ unit: 'grapheme' }),
)
const metric = fc.record({
  name,
  kind: fc.constantFrom<MetricKind>('counter', 'gauge', 'histogram', 'summary'),
  labels: fc.uniqueArray(fc.tuple(name, fc.string({ unit: 'grapheme' })), { maxLength: 3, selector: ([key]) => key }),
})

describe.each(['allow-utf-8', 'underscores', 'dots', 'values'] as const)('in the scheme %s', (scheme) => {
  it.each([
    ['text', 'text/plain'],
    ['openmetrics', OPENMETRICS],
  ] as const)('a strict parser reads the recorded values from a page in %s, for any names', async (dialect, type) => {
    await fc.assert(
      fc.asyncProperty(metric, async (made) => {
        const family = toPageName(made.name, made.kind, undefined, scheme)
        // A name without any letter is empty when translated.
        fc.pre(toPageName(made.name, 'gauge', undefined, 'underscores') !== '')
        const series = { values: made.labels.map(([, value]) => value), data: [1, 2, 3] }
        const spec = { kind: made.kind, help: 'h', ...(made.kind === 'histogram' && { buckets: [0.5] }) }
        const labelNames = made.labels.map(([label]) => label)
        const recorder = fakeRecorder(fakeReading(made.name, spec, [series], labelNames))
        const page = await render(recorder, accept(type, scheme))
        const [read] = parsePage(page.text(), dialect)
        const suffix = { counter: '', gauge: '', histogram: '_count', summary: '_count' }[made.kind as 'gauge']
        const sample = read?.samples.find((each) => each.name === family + suffix)
        // Labels that share a name on the page have their values joined in the order of their own names.
        const expected: Record<string, string> = Object.create(null)
        for (const [label, value] of [...made.labels].sort(([a], [b]) => (a < b ? -1 : 1))) {
          const onPage = declaredLabelName(label, made.kind as 'gauge', scheme)
          expected[onPage] = onPage in expected ? `${expected[onPage]};${value}` : value
        }
        for (const [label, value] of Object.entries(expected)) if (value === '') delete expected[label]
        expect(sample?.labels).toEqual({ ...expected })
        if (made.kind === 'histogram') expect(read?.samples[0]?.labels.le).toBe(canonicalText(0.5))
      }),
    )
  })
})
