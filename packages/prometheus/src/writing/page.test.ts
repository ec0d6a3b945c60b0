import { createRecorder } from '@quipu/core'
import { describe, expect, it } from 'vitest'
import { parsePage } from '../../fixtures/parse-page.js'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { catalogPage } from '../families/catalog-page.js'
import type { Family } from '../families/family.js'
import { renderPage } from '../render-page.js'
import { negotiateFormat } from '../serving/negotiate.js'
import { createPage } from './page.js'

const openMetrics = 'application/openmetrics-text'

const requests = fakeReading(
  'llm_requests_total',
  { kind: 'counter', help: 'Requests: "all"\n\\', labels: { model: 'model', endpoint: 'name' } },
  [
    { values: ['gpt-4', 'chat'], data: [3], startedAtMs: 9_000 },
    { values: ['a"b\\c\nd', '🙂|'], data: [0.5], startedAtMs: 10_000 },
  ],
)
const duration = fakeReading(
  'llm_request_duration_seconds',
  { kind: 'histogram', help: 'Duration', unit: 's', labels: { model: 'model' }, buckets: [0.1, 1, 1_000_000] },
  [{ values: ['gpt-4'], data: [2.5, 1, 0, 2, 1], startedAtMs: 10_000 }],
)
const size = fakeReading('llm_completion_size_bytes', { kind: 'summary', help: 'Size', unit: 'By' }, [
  { data: [4096, 2] },
])
const sessions = fakeReading('app_active_sessions', { kind: 'gauge', help: '' }, [{ data: [Number.NaN] }])

describe('a page in text 0.0.4', () => {
  it('has every kind of metric in the form that Prometheus documents', async () => {
    expect(await renderPage(fakeRecorder(requests, duration, size, sessions))).toBe(
      [
        '# HELP llm_requests_total Requests: "all"\\n\\\\',
        '# TYPE llm_requests_total counter',
        'llm_requests_total{model="gpt-4",endpoint="chat"} 3',
        'llm_requests_total{model="a\\"b\\\\c\\nd",endpoint="🙂|"} 0.5',
        '# HELP llm_request_duration_seconds Duration',
        '# TYPE llm_request_duration_seconds histogram',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="0.1"} 1',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="1.0"} 1',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="1e+06"} 3',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="+Inf"} 4',
        'llm_request_duration_seconds_sum{model="gpt-4"} 2.5',
        'llm_request_duration_seconds_count{model="gpt-4"} 4',
        '# HELP llm_completion_size_bytes Size',
        '# TYPE llm_completion_size_bytes summary',
        'llm_completion_size_bytes_sum 4096',
        'llm_completion_size_bytes_count 2',
        '# TYPE app_active_sessions gauge',
        'app_active_sessions NaN',
        '',
      ].join('\n'),
    )
  })

  it('is empty without metrics', async () => expect(await renderPage(fakeRecorder())).toBe(''))

  it('shows the values of a real recorder', async () => {
    const recorder = createRecorder()
    recorder.metrics.app_active_sessions.set(3)
    recorder.metrics.user_logins_total.add(2)
    const page = await renderPage(recorder)
    expect(page).toContain('\napp_active_sessions 3\n')
    expect(page).toContain('\nuser_logins_total 2\n')
    parsePage(page, 'text')
  })
})

describe('a page in OpenMetrics 1.0', () => {
  it('names counters without _total, adds units that names end in, escapes quotes in HELP, and ends with EOF', async () => {
    expect(await renderPage(fakeRecorder(requests, duration, size), { accept: openMetrics })).toBe(
      [
        '# HELP llm_requests Requests: \\"all\\"\\n\\\\',
        '# TYPE llm_requests counter',
        'llm_requests_total{model="gpt-4",endpoint="chat"} 3',
        'llm_requests_total{model="a\\"b\\\\c\\nd",endpoint="🙂|"} 0.5',
        '# HELP llm_request_duration_seconds Duration',
        '# TYPE llm_request_duration_seconds histogram',
        '# UNIT llm_request_duration_seconds seconds',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="0.1"} 1',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="1.0"} 1',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="1e+06"} 3',
        'llm_request_duration_seconds_bucket{model="gpt-4",le="+Inf"} 4',
        'llm_request_duration_seconds_sum{model="gpt-4"} 2.5',
        'llm_request_duration_seconds_count{model="gpt-4"} 4',
        '# HELP llm_completion_size_bytes Size',
        '# TYPE llm_completion_size_bytes summary',
        '# UNIT llm_completion_size_bytes bytes',
        'llm_completion_size_bytes_sum 4096',
        'llm_completion_size_bytes_count 2',
        '# EOF',
        '',
      ].join('\n'),
    )
  })

  it('is only the end marker without metrics', async () => {
    expect(await renderPage(fakeRecorder(), { accept: openMetrics })).toBe('# EOF\n')
  })

  it('has no UNIT where the name does not end in it', async () => {
    const reading = fakeReading('size', { kind: 'gauge', help: 'h', unit: 'By', prometheusName: 'size' }, [
      { data: [1] },
    ])
    expect(await renderPage(fakeRecorder(reading), { accept: openMetrics })).not.toContain('UNIT')
  })

  it('has exemplars on counters and buckets, except those that are too long or have no trace', async () => {
    const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', unixMs: 1_700_000_000_250 }
    const counter = fakeReading('c_total', { kind: 'counter', help: 'h' }, [
      { data: [1], exemplars: [{ ...trace, value: 1 }] },
    ])
    const histogram = fakeReading('h', { kind: 'histogram', help: 'h', buckets: [1] }, [
      { data: [9, 1, 1], exemplars: [undefined, { ...trace, value: 8.5 }] },
    ])
    const long = fakeReading('l_total', { kind: 'counter', help: 'h' }, [
      { data: [1], exemplars: [{ ...trace, traceId: 'x'.repeat(112), value: 1 }] },
    ])
    const none = fakeReading('n_total', { kind: 'counter', help: 'h' }, [
      { data: [1], exemplars: [{ ...trace, traceId: '', value: 1 }] },
    ])
    const recorder = fakeRecorder(counter, histogram, long, none)
    const page = await renderPage(recorder, { accept: openMetrics })
    const exemplar = '# {trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"}'
    expect(page).toContain(`c_total 1 ${exemplar} 1 1700000000.250\n`)
    expect(page).toContain('h_bucket{le="1.0"} 1\n')
    expect(page).toContain(`h_bucket{le="+Inf"} 2 ${exemplar} 8.5 1700000000.250\n`)
    expect(page).toContain('l_total 1\n')
    expect(page).toContain('n_total 1\n')
    expect(await renderPage(recorder)).not.toContain('trace_id')
  })

  it('leaves out the sum and count of a histogram with negative buckets, as the format requires', async () => {
    const reading = fakeReading('t', { kind: 'histogram', help: 'h', buckets: [-1, 1] }, [{ data: [-3, 1, 1, 0] }])
    const page = await renderPage(fakeRecorder(reading), { accept: openMetrics })
    expect(page).toContain('t_bucket{le="-1.0"} 1\n')
    expect(page).not.toMatch(/t_(sum|count)/)
    expect(await renderPage(fakeRecorder(reading))).toContain('t_sum -3\n')
    const above = fakeReading('t', { kind: 'histogram', help: 'h', buckets: [-1, 1] }, [{ data: [3, 0, 0, 1] }])
    expect(await renderPage(fakeRecorder(above), { accept: openMetrics })).not.toMatch(/t_(sum|count)/)
  })

  it('has _created samples when the option is set, from the monotonic clock', async () => {
    const page = createPage(catalogPage(fakeRecorder(requests, duration, size, sessions)), { created: true })
    const text = (await page.render({ format: negotiateFormat(openMetrics) })).text()
    expect(text).toContain('llm_requests_created{model="gpt-4",endpoint="chat"} 1699999999\n')
    expect(text).toContain('llm_request_duration_seconds_created{model="gpt-4"} 1700000000\n')
    expect(text).toContain('llm_completion_size_bytes_created 1699999990\n')
    expect(text).not.toContain('app_active_sessions_created')
    parsePage(text, 'openmetrics')
    expect((await page.render()).text()).not.toContain('_created')
  })
})

describe('an exponential histogram', () => {
  it('has classic buckets at powers of two on both text pages', async () => {
    const exponential = { scale: 0, sum: 11, count: 4, zeroCount: 1, positive: { offset: 0, bucketCounts: [1, 0, 2] } }
    const reading = fakeReading('e', { kind: 'histogram', help: 'h', aggregation: 'exponential' }, [
      { data: [11], exponential },
    ])
    const page = await renderPage(fakeRecorder(reading))
    expect(page.split('\n').slice(2)).toEqual([
      'e_bucket{le="0.0"} 1',
      'e_bucket{le="2.0"} 2',
      'e_bucket{le="4.0"} 2',
      'e_bucket{le="8.0"} 4',
      'e_bucket{le="+Inf"} 4',
      'e_sum 11',
      'e_count 4',
      '',
    ])
    parsePage(await renderPage(fakeRecorder(reading), { accept: openMetrics }), 'openmetrics')
  })
})

describe('the content of a page', () => {
  const counter = (name: string) => fakeReading(name, { kind: 'counter', help: 'h' }, [{ data: [1] }])

  it('excludes metrics that are exported over OTLP only', async () => {
    const otlp = fakeReading('otlp_only', { kind: 'gauge', help: 'h', exportTo: ['otlp'] }, [{ data: [1] }])
    const both = fakeReading('both', { kind: 'gauge', help: 'h', exportTo: ['otlp', 'prometheus'] }, [{ data: [1] }])
    const page = await renderPage(fakeRecorder(otlp, both))
    expect(page).toContain('both 1')
    expect(page).not.toContain('otlp_only')
  })

  it('excludes families without series', async () => {
    expect(
      await renderPage(fakeRecorder(fakeReading('a', { kind: 'gauge', help: 'h', labels: { x: 'name' } }, []))),
    ).toBe('')
  })

  it('is selected by name[], by the name of a family or of a sample', async () => {
    const recorder = fakeRecorder(requests, duration, size, counter('x_total'))
    const names = (wanted: string[]) => renderPage(recorder, { names: wanted, accept: openMetrics }).then(familyNames)
    expect(await names(['x_total'])).toEqual(['x'])
    expect(await names(['x'])).toEqual(['x'])
    expect(await names(['llm_request_duration_seconds_bucket', 'llm_completion_size_bytes'])).toEqual([
      'llm_request_duration_seconds',
      'llm_completion_size_bytes',
    ])
    expect(await names(['nothing'])).toEqual([])
    expect(await names([])).toHaveLength(4)
  })

  it.each([
    ['a counter and a gauge of its name without _total', counter('a_total'), gauge('a')],
    ['a histogram and a counter of its count', duration, gauge('llm_request_duration_seconds_count')],
    ['a gauge and its like', gauge('same'), gauge('same')],
    ['a histogram and a gauge of one name', duration, gauge('llm_request_duration_seconds')],
  ])('includes the first of %s; the other is left out and counted', async (_, first, second) => {
    const recorder = fakeRecorder(first, second)
    const page = await renderPage(recorder, { accept: openMetrics })
    expect(familyNames(page)).toHaveLength(1)
    const alike = second.prometheusName === first.prometheusName && second.spec.kind === first.spec.kind
    expect(recorder.drops).toEqual([`${second.prometheusName} ${alike ? 'name_taken' : 'type_conflict'}`])
  })

  it('comes from several sources, of which the first takes precedence', async () => {
    const one = fakeRecorder(counter('a_total'))
    const two = fakeRecorder(gauge('a'), gauge('b'))
    const page = await createPage([catalogPage(one), catalogPage(two)]).render()
    expect(familyNames(page.text(), 'text')).toEqual(['a_total', 'b'])
    expect(two.drops).toEqual(['a type_conflict'])
  })

  it('excludes a series that was removed while the page was being written', async () => {
    const family: Family = {
      name: 'x',
      type: 'gauge',
      help: 'h',
      unit: '',
      bounds: [],
      points: () => [
        { data: [0], at: 0, exponential: undefined, exemplars: undefined, removed: true },
        { data: [7], at: 0, exponential: undefined, exemplars: undefined },
      ],
      labelText: (point) => `i="${point.data[0]}"`,
      createdUnixMs: () => 0,
    }
    expect((await createPage({ families: () => [family] }).render()).text()).toBe(
      '# HELP x h\n# TYPE x gauge\nx{i="7"} 7\n',
    )
  })

  function gauge(name: string) {
    return fakeReading(name, { kind: 'gauge', help: 'h' }, [{ data: [1] }])
  }
})

describe('a summary with quantiles', () => {
  it('has them before its sum', async () => {
    const family: Family = {
      name: 's',
      type: 'summary',
      help: '',
      unit: '',
      bounds: [],
      points: () => [
        { data: [6, 3], at: 0, exponential: undefined, exemplars: undefined, quantiles: [{ quantile: 0.5, value: 2 }] },
      ],
      labelText: () => 'a="1"',
      createdUnixMs: () => 0,
    }
    const page = await createPage({ families: () => [family] }).render()
    expect(page.text()).toBe('# TYPE s summary\ns{a="1",quantile="0.5"} 2\ns_sum{a="1"} 6\ns_count{a="1"} 3\n')
  })
})

describe('a source that throws', () => {
  const broken = {
    families: () => {
      throw new RangeError('no')
    },
  }
  const healthy = catalogPage(fakeRecorder(fakeReading('g', { kind: 'gauge', help: 'h' }, [{ data: [1] }])))

  it('makes the page fail', async () => {
    await expect(createPage([broken, healthy]).render()).rejects.toThrow('no')
  })

  it('is left out with onError, which receives the error', async () => {
    const errors: unknown[] = []
    const page = await createPage([broken, healthy]).render({ onError: (error) => errors.push(error) })
    expect(page.text()).toContain('g 1')
    expect(errors).toEqual([new RangeError('no')])
  })

  it('makes the page fail even with onError when nothing else is left', async () => {
    await expect(createPage(broken).render({ onError: () => undefined })).rejects.toThrow('no')
  })
})

function familyNames(page: string, dialect: 'text' | 'openmetrics' = 'openmetrics'): string[] {
  return parsePage(page, dialect).map(({ name }) => name)
}
