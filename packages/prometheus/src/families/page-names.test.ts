import { describe, expect, it } from 'vitest'
import { fakeReading } from '../../fixtures/readings.js'
import { catalogPageName, toPageName } from './page-names.js'

describe('the name of an OpenTelemetry metric', () => {
  it.each([
    ['http.server.request.duration', 'histogram', 's', 'http.server.request.duration_seconds'],
    ['gen_ai.client.token.usage', 'histogram', '{token}', 'gen_ai.client.token.usage'],
    ['http.requests', 'counter', undefined, 'http.requests_total'],
    ['http.requests.total', 'counter', undefined, 'http.requests_total'],
    ['net.io', 'counter', 'By/s', 'net.io_bytes_per_second_total'],
    ['net.rate', 'gauge', '{packet}/s', 'net.rate_per_second'],
    ['cpu.utilization', 'gauge', '1', 'cpu.utilization_ratio'],
    ['heap.bytes', 'gauge', 'By', 'heap.bytes'],
    ['été', 'gauge', undefined, 'été'],
    ['a\r\nb.c', 'gauge', undefined, 'ab.c'],
    // A legal name is the same in all schemes.
    ['user_logins', 'counter', undefined, 'user_logins_total'],
    ['up__time', 'gauge', 's', 'up_time_seconds'],
  ] as const)('%s (%s, %s) keeps its characters: %s', (name, kind, unit, expected) => {
    expect(toPageName(name, kind, unit, 'allow-utf-8')).toBe(expected)
  })

  it('is translated, or escaped with its suffixes', () => {
    const name = (scheme: Parameters<typeof toPageName>[3]) =>
      toPageName('http.server.request.duration', 'histogram', 's', scheme)
    expect(name('underscores')).toBe('http_server_request_duration_seconds')
    expect(name('dots')).toBe('http_dot_server_dot_request_dot_duration__seconds')
    expect(name('values')).toBe('U__http_2e_server_2e_request_2e_duration__seconds')
  })
})

describe('the name of a metric of the catalogue', () => {
  it('is the documented one when its key is legal or its entry gives one', () => {
    const logins = fakeReading('user_logins_total', { kind: 'counter', help: 'h' }, [])
    expect(catalogPageName(logins, 'allow-utf-8')).toBe('user_logins_total')
    const aki = fakeReading('user_action', { kind: 'counter', help: 'h', vocabulary: 'aki' }, [])
    expect(catalogPageName(aki, 'allow-utf-8')).toBe('aki_user_action_total')
    const named = fakeReading('my.orders', { kind: 'counter', help: 'h', prometheusName: 'orders_total' }, [])
    expect(catalogPageName(named, 'allow-utf-8')).toBe('orders_total')
    expect(catalogPageName(named, 'dots')).toBe('orders__total')
  })

  it('keeps the dots of a key', () => {
    const orders = fakeReading('my.orders', { kind: 'counter', help: 'h' }, [])
    expect(catalogPageName(orders, 'allow-utf-8')).toBe('my.orders_total')
    expect(catalogPageName(orders, 'underscores')).toBe('my_orders_total')
  })
})
