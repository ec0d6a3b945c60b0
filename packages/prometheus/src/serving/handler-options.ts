import {
  flag,
  group,
  instance,
  integer,
  listOf,
  mapOf,
  milliseconds,
  type OptionsOf,
  option,
  text,
  word,
} from '@quipu/catalog/options'
import type { PageSource } from '../families/page-source.js'
import type { Page } from '../writing/page.js'
import { authOptions } from './auth-options.js'
import type { ScrapeRecorder } from './scrape-metrics.js'

/** A source, several, or a page made of them. */
type Served = PageSource | readonly PageSource[] | Page

/** How pages are answered. */
export const servingOptions = group({
  /** Credentials of which one is needed to read the pages; without them everyone who reaches the port can. */
  auth: option(authOptions, { example: "auth: { bearer: 'a token of letters and digits' }" }),
  /** `escaped` gives every scraper the documented names; `utf-8` gives one that asks for `escaping=allow-utf-8` names with dots. */
  names: option(word(['escaped', 'utf-8']), { default: 'escaped', variables: ['QUIPU_PROMETHEUS_NAMES'] }),
  /** Requests answered at a time; further ones get 503. */
  maxInFlight: option(integer({ min: 1 }), { default: 500, variables: ['QUIPU_PROMETHEUS_MAX_IN_FLIGHT'] }),
  /** Longest time for an answer in milliseconds, then 503; a scraper that announces a shorter wait gets less. */
  timeoutMs: option(milliseconds, { default: 10_000, variables: ['QUIPU_PROMETHEUS_TIMEOUT_MS'] }),
  /** When a part of a page throws: `fail` answers 500, `continue` leaves the part out. */
  onError: option(word(['fail', 'continue']), { default: 'fail', variables: ['QUIPU_PROMETHEUS_ON_ERROR'] }),
})

/** Everything that `createHandler()` takes. */
export const handlerOptions = group({
  ...servingOptions.fields,
  /** Pages by path, such as `/custom_metrics`. */
  pages: option(
    mapOf(instance<Served>('a page, a source or a list of sources', isServed), {
      key: /^\/[^?#]*$/,
      expected: 'an object with a page for each path, which begins with a slash and has no query',
    }),
    { required: true, example: "pages: { '/custom_metrics': catalogPage(recorder) }" },
  ),
  /** Counts the scrapes. */
  recorder: option(instance<ScrapeRecorder>('a recorder from createRecorder', isRecorder), {}),
})

export interface HandlerOptions extends OptionsOf<typeof handlerOptions.fields> {}

/** Everything that `listen()` takes. */
export const listenOptions = group({
  /** Address to listen on. */
  host: option(text({ min: 0, expected: 'a host name or address' }), {
    default: '127.0.0.1',
    variables: ['OTEL_EXPORTER_PROMETHEUS_HOST'],
  }),
  /** Port to listen on; 0 is any free one. */
  port: option(integer({ min: 0, max: 65_535 }), { default: 0, example: 'port: 9464' }),
  /** Allows an address that other hosts reach without `auth`. */
  allowPublic: option(flag, { default: false, variables: ['QUIPU_PROMETHEUS_ALLOW_PUBLIC'] }),
  /** Names under which a server on loopback answers, besides those of loopback itself; under any other name it answers 421. */
  allowedHosts: option(listOf(text()), {
    otherwise: 'none',
    variables: ['QUIPU_PROMETHEUS_ALLOWED_HOSTS'],
    example: "allowedHosts: ['metrics.internal']",
  }),
})

export interface ListenOptions extends OptionsOf<typeof listenOptions.fields> {}

function isServed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.length > 0 && value.every((each) => !Array.isArray(each) && isServed(each))
  return ['families', 'render'].some((name) => typeof Reflect.get(value, name) === 'function')
}

function isRecorder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('guard' in value) || !('metrics' in value)) return false
  return typeof value.guard === 'function' && typeof Object(value.metrics).quipu_scrapes_total === 'object'
}
