import { resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationTemporality, AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { describe, expect, it } from 'vitest'
import { otelCollection as collection, otelPoint as point } from '../../fixtures/otel-collection.js'
import { type ParsedFamily, parsePage } from '../../fixtures/parse-page.js'
import { fakeReading, fakeRecorder } from '../../fixtures/readings.js'
import { negotiateFormat } from '../serving/negotiate.js'
import { createPage } from '../writing/page.js'
import { type OtelPageOptions, otelPage } from './otel-page.js'

class TestReader extends MetricReader {
  protected override async onShutdown() {}
  protected override async onForceFlush() {}
}

function provider(exponential = false) {
  const reader = new TestReader({
    aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
    ...(exponential && { aggregationSelector: () => ({ type: AggregationType.EXPONENTIAL_HISTOGRAM }) }),
  })
  const resource = resourceFromAttributes({ 'service.name': 'shop', 'process.command_args': ['--password=secret'] })
  const meters = new MeterProvider({ readers: [reader], resource })
  const drops: string[] = []
  const render = async (options: OtelPageOptions = {}, accept = 'application/openmetrics-text') => {
    const onDrop = (metric: string, reason: string) => void drops.push(`${metric} ${reason}`)
    const source = otelPage((collectOptions) => reader.collect(collectOptions), { onDrop, ...options })
    const page = await createPage(source).render({ format: negotiateFormat(accept) })
    return page.text()
  }
  const families = async (options: OtelPageOptions = {}): Promise<Record<string, ParsedFamily>> =>
    Object.fromEntries(parsePage(await render(options), 'openmetrics').map((family) => [family.name, family]))
  return { meters, drops, render, families }
}

describe('the page of an OpenTelemetry provider', () => {
  it('has the names, types and units that the compatibility specification gives', async () => {
    const { meters, render } = provider()
    const meter = meters.getMeter('shop')
    meter
      .createCounter('http.server.requests', { description: 'Requests', unit: '{request}' })
      .add(2, { 'http.route': '/a' })
    meter.createUpDownCounter('queue.size').add(-3)
    meter.createGauge('memory.used', { unit: 'By' }).record(7)
    meter
      .createHistogram('http.server.request.duration', { unit: 's', advice: { explicitBucketBoundaries: [0.5, 1] } })
      .record(0.75, { code: 200 })
    expect(await render()).toBe(
      [
        '# HELP http_server_requests Requests',
        '# TYPE http_server_requests counter',
        'http_server_requests_total{http_route="/a"} 2',
        '# TYPE queue_size gauge',
        'queue_size -3',
        '# TYPE memory_used_bytes gauge',
        '# UNIT memory_used_bytes bytes',
        'memory_used_bytes 7',
        '# TYPE http_server_request_duration_seconds histogram',
        '# UNIT http_server_request_duration_seconds seconds',
        'http_server_request_duration_seconds_bucket{code="200",le="0.5"} 0',
        'http_server_request_duration_seconds_bucket{code="200",le="1.0"} 1',
        'http_server_request_duration_seconds_bucket{code="200",le="+Inf"} 1',
        'http_server_request_duration_seconds_sum{code="200"} 0.75',
        'http_server_request_duration_seconds_count{code="200"} 1',
        '# EOF',
        '',
      ].join('\n'),
    )
  })

  it('has exponential histograms with classic buckets', async () => {
    const { meters, families } = provider(true)
    const histogram = meters.getMeter('shop').createHistogram('size')
    for (const value of [0, 1, 3, 3, 100]) histogram.record(value)
    const { size } = await families()
    expect(size?.samples.map(({ labels, value }) => `${labels.le ?? ''} ${value}`)).toEqual([
      '0.0 1',
      '1.0 2',
      '2.0 2',
      '4.0 4',
      '8.0 4',
      '16.0 4',
      '32.0 4',
      '64.0 4',
      '128.0 5',
      '+Inf 5',
      ' 107',
      ' 5',
    ])
  })

  it('has one family per name, across scopes and original names, without losing a point', async () => {
    const { meters, families } = provider()
    const [one, two] = [meters.getMeter('one'), meters.getMeter('two')]
    one.createCounter('hits', { description: 'Hits' }).add(1, { a: 'x' })
    two.createCounter('hits').add(2, { a: 'x' })
    two.createCounter('hits').add(4, { a: 'y' })
    one.createHistogram('a.b', { advice: { explicitBucketBoundaries: [1] } }).record(0.5)
    one.createHistogram('a_b', { advice: { explicitBucketBoundaries: [1] } }).record(2)
    const { hits, a_b } = await families()
    expect(hits?.help).toBe('Hits')
    expect(hits?.samples.map(({ labels, value }) => [labels, value])).toEqual([
      [{ a: 'x' }, 3],
      [{ a: 'y' }, 4],
    ])
    expect(a_b?.samples.map(({ value }) => value)).toEqual([1, 2, 2.5, 2])
  })

  it('leaves out and counts the later of two types with one name', async () => {
    const { meters, families, drops } = provider()
    meters.getMeter('one').createCounter('hits').add(1)
    meters.getMeter('two').createHistogram('hits.total').record(1)
    meters.getMeter('two').createGauge('hits').record(5)
    expect(Object.keys(await families())).toEqual(['hits'])
    expect(drops).toEqual(['hits_total type_conflict', 'hits type_conflict'])
  })

  it('can be parsed by a scraper for any names of attributes', async () => {
    const { meters, families } = provider()
    const histogram = meters.getMeter('m').createHistogram('h')
    histogram.record(1, { le: 'zzz', a_b: '2', 'a.b': '1', '': 'empty', '9lives': 'cat', otel_scope_name: 'mine' })
    const { h } = await families({ scopeLabels: true })
    expect(h?.samples[0]?.labels).toEqual({
      _: 'empty',
      a_b: '1;2',
      exported_le: 'zzz',
      exported_otel_scope_name: 'mine',
      key_9lives: 'cat',
      le: '0.0',
      otel_scope_name: 'm',
    })
  })

  it('has scope labels only when the option is set', async () => {
    const { meters, families } = provider()
    meters.getMeter('shop', '1.2').createCounter('hits').add(1)
    expect((await families()).hits?.samples[0]?.labels).toEqual({})
    expect((await families({ scopeLabels: true })).hits?.samples[0]?.labels).toEqual({
      otel_scope_name: 'shop',
      otel_scope_version: '1.2',
    })
  })

  it('has the attributes of the resource that the option selects, by default none', async () => {
    const { meters, render, families } = provider()
    meters.getMeter('m').createCounter('hits').add(1)
    expect(await render()).not.toContain('secret')
    const named = await families({ targetInfo: ['service.name', 'missing'] })
    expect(named.target?.type).toBe('info')
    expect(named.target?.samples.map(({ name, labels }) => [name, labels])).toEqual([
      ['target_info', { service_name: 'shop' }],
    ])
    const all = await render({ targetInfo: true }, 'text/plain')
    expect(all).toContain('# TYPE target_info gauge\n')
    expect(all).toContain('process_command_args="[\\"--password=secret\\"]"')
  })
})

describe('with a catalogue on the other page', () => {
  const recorder = fakeRecorder(
    fakeReading('llm_requests_total', { kind: 'counter', help: 'h', vocabulary: 'securetrack' }, [{ data: [1] }]),
    fakeReading('otlp_only', { kind: 'gauge', help: 'h', exportTo: ['otlp'] }, [{ data: [1] }]),
  )

  it('has no metric of the catalogue, and counts other metrics with its names', async () => {
    const { meters, families } = provider()
    recorder.drops.length = 0
    meters.getMeter('quipu.securetrack').createCounter('llm_requests_total').add(1)
    meters.getMeter('quipu.app').createGauge('otlp_only').record(1)
    meters.getMeter('intruder').createGauge('llm_requests').record(1)
    meters.getMeter('intruder').createCounter('llm.requests').add(1)
    meters.getMeter('shop').createCounter('orders').add(1)
    meters.getMeter('shop').createGauge('otlp_only').record(1)
    expect(Object.keys(await families({ exclude: recorder, onDrop: recorder.drop }))).toEqual(['orders', 'otlp_only'])
    expect(recorder.drops).toEqual(['llm_requests type_conflict', 'llm_requests_total name_taken'])
  })

  it('counts drops on the recorder of the catalogue', async () => {
    recorder.drops.length = 0
    const made = collection({ descriptor: { name: 'llm_requests', description: '', unit: '' }, dataPoints: [point(1)] })
    await createPage(otelPage(async () => made, { exclude: recorder })).render()
    expect(recorder.drops).toEqual(['llm_requests type_conflict'])
  })
})

describe('a failing collection', () => {
  it('leaves out and counts the metric of a callback that throws', async () => {
    const { meters, families, drops } = provider()
    const meter = meters.getMeter('m')
    meter.createCounter('good').add(1)
    meter.createObservableGauge('bad').addCallback(() => {
      throw new Error('no')
    })
    expect(Object.keys(await families())).toEqual(['good'])
    expect(drops).toEqual(['otel callback_failed'])
  })

  it('leaves out the metric of a callback that hangs, within the time limit', async () => {
    const { meters, drops } = provider()
    const reader = new TestReader()
    const hanging = new MeterProvider({ readers: [reader] })
    hanging.getMeter('m').createCounter('good').add(1)
    hanging
      .getMeter('m')
      .createObservableGauge('hung')
      .addCallback(() => new Promise(() => undefined))
    const source = otelPage((options) => reader.collect(options), {
      onDrop: (name, reason) => void drops.push(`${name} ${reason}`),
    })
    const page = await createPage(source).render({ timeoutMs: 1000 })
    expect(page.text()).toContain('good_total 1\n')
    expect(page.text()).not.toContain('hung')
    expect(drops).toEqual(['otel callback_failed'])
    await meters.shutdown()
  })

  it('makes the page fail after its time limit when the collection itself hangs', async () => {
    const page = createPage(otelPage(() => new Promise(() => undefined)))
    await expect(page.render({ timeoutMs: 20 })).rejects.toThrow('not done after 20 ms')
  })

  it('is shared by concurrent scrapes', async () => {
    let collections = 0
    const source = otelPage(async () => {
      collections++
      return collection()
    })
    const page = createPage(source)
    const accepts = ['text/plain', 'application/openmetrics-text']
    await Promise.all(accepts.map((accept) => page.render({ format: negotiateFormat(accept) })))
    expect(collections).toBeLessThanOrEqual(2)
    await Promise.all(
      Array.from({ length: 50 }, () =>
        source.families({ timeoutMs: 1000, pace: { due: () => false, pause: async () => {} } }),
      ),
    )
    expect(collections).toBeLessThanOrEqual(3)
  })
})
