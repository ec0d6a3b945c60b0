import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { negotiateCoding, negotiateFormat } from './negotiate.js'

const text = 'text/plain; version=0.0.4; charset=utf-8'
const openMetrics = 'application/openmetrics-text; version=1.0.0; charset=utf-8'
const protobuf = 'application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited'
const prometheus3 =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,' +
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1'
const prometheusNative =
  'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;escaping=allow-utf-8;q=0.6,' +
  prometheus3

describe('the format that is served', () => {
  it.each([
    [undefined, text],
    ['', text],
    ['*/*', text],
    ['text/*', text],
    ['text/plain', text],
    ['text/plain;version=0.0.4', text],
    ['text/plain;version=1.0.0', 'text/plain; version=1.0.0; charset=utf-8'],
    ['text/plain;version=9', text],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', text],
    ['application/json', text],
    ['application/openmetrics-text', openMetrics],
    ['APPLICATION/OpenMetrics-Text; Version="1.0.0"', openMetrics],
    ['application/openmetrics-text; version=0.0.1', 'application/openmetrics-text; version=0.0.1; charset=utf-8'],
    ['application/openmetrics-text; version=2.0.0, text/plain;q=0.5', text],
    ['application/openmetrics-text;q=0.1,text/plain;q=0.2', text],
    ['application/openmetrics-text;q=0.1,*/*;q=0.9', text],
    ['application/openmetrics-text;q=0.1,text/*;q=0.9', text],
    ['application/openmetrics-text;q=0,*/*', text],
    ['application/openmetrics-text;q=0', text],
    ['*/*,application/openmetrics-text', openMetrics],
    ['application/openmetrics-text;q=7,text/plain;q=0.1', text],
    ['application/openmetrics-text; escaping=underscores', `${openMetrics}; escaping=underscores`],
    ['application/openmetrics-text; escaping=values', `${openMetrics}; escaping=underscores`],
    ['text/plain;escaping=allow-utf-8', `${text}; escaping=allow-utf-8`],
    [prometheus3, `${openMetrics}; escaping=allow-utf-8`],
    [prometheusNative, `${protobuf}; escaping=allow-utf-8`],
    ['application/vnd.google.protobuf', protobuf],
    ['application/vnd.google.protobuf,text/plain;escaping=values;q=0.1', protobuf],
    ['application/vnd.google.protobuf;encoding=text', text],
    ['constructor,__proto__;version=1', text],
    [',;,=;q=,', text],
  ])('for %j is %s', (accept, contentType) => expect(negotiateFormat(accept).contentType).toBe(contentType))

  it('is found for any header, without throwing', () => {
    fc.assert(
      fc.property(fc.string(), (accept) => {
        expect(negotiateFormat(accept).contentType).toMatch(/^(?:text|application)\//)
      }),
    )
  })
})

describe('the escaping of names that keep their characters', () => {
  it.each([
    [undefined, undefined],
    ['text/plain;version=1.0.0', undefined],
    ['text/plain;version=1.0.0;escaping=allow-utf-8', 'allow-utf-8'],
    ['text/plain;version=1.0.0;escaping=dots', 'dots'],
    ['text/plain;version=1.0.0;escaping=values', 'values'],
    ['text/plain;version=1.0.0;escaping=nothing', 'underscores'],
    ['text/plain;version=0.0.4;escaping=allow-utf-8', 'underscores'],
    ['text/plain;version=0.0.4;escaping=values', 'values'],
    ['application/openmetrics-text;version=0.0.1;escaping=allow-utf-8', 'underscores'],
    [prometheus3, 'allow-utf-8'],
    // With native histograms, Prometheus requests protobuf without an escaping scheme.
    [prometheusNative.replace('delimited;escaping=allow-utf-8', 'delimited'), 'allow-utf-8'],
    ['application/vnd.google.protobuf', undefined],
    ['application/vnd.google.protobuf,text/plain;escaping=values;q=0', undefined],
    // A text format without a scheme does not get that of another one.
    ['text/plain;version=1.0.0,application/openmetrics-text;escaping=values;q=0.1', undefined],
  ])('for %j is %s', (accept, scheme) => {
    const { escaping, contentType } = negotiateFormat(accept, 'utf-8')
    expect(escaping).toBe(scheme)
    expect(contentType.includes('escaping=')).toBe(scheme !== undefined)
    if (scheme !== undefined) expect(contentType).toMatch(new RegExp(`; escaping=${scheme}$`))
  })
})

describe('the coding of a body', () => {
  it.each([
    [undefined, 'identity'],
    ['gzip', 'gzip'],
    ['gzip, deflate, br', 'gzip'],
    ['gzip, zstd', 'zstd'],
    ['gzip;q=1, zstd;q=0.5', 'gzip'],
    ['*', 'zstd'],
    ['gzip;q=0, *;q=0.1', 'zstd'],
    ['gzip;q=0', 'identity'],
    ['br', 'identity'],
    ['identity, gzip;q=0.5', 'identity'],
    ['gzip;q=0.3, identity;q=0.8', 'identity'],
    ['br, gzip;q=0.5', 'gzip'],
    ['gzip;q=0.5, identity;q=0.5', 'gzip'],
  ] as const)('for %j is %s', (header, coding) => expect(negotiateCoding(header, ['zstd', 'gzip'])).toBe(coding))
})
