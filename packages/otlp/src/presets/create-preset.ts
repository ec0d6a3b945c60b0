import { QuipuError } from '@quipu/catalog/builtin'
import { group, option, readOptions, text } from '@quipu/catalog/options'
import { type BackendChoice, type BackendName, type BackendRule, backendRules } from '../backend-rules.js'
import { otlpOptions } from '../otlp-options.js'
import type { SpoolOptions } from '../spool/spool-options.js'

/** Options of a preset, restricted to forms that its back end accepts. */
export type PresetOptions<B extends BackendName> = Partial<BackendChoice<B>> & {
  /** Milliseconds between exports. */
  readonly intervalMs?: number | undefined
  /** Maximum milliseconds of one export. */
  readonly timeoutMs?: number | undefined
  /** Stores undelivered batches on disk. Default: off. */
  readonly spool?: SpoolOptions | undefined
}

const { intervalMs, timeoutMs, spool } = otlpOptions.fields
/** The back end's rule checks the value. */
const chosen = option(text(), {})
const own = option(text({ min: 0, expected: 'a text' }), { secret: true })

/**
 * Checks the options of a preset: its own are strings, the others are common to all presets.
 * @throws QuipuError QUIPU_CONFIG_INVALID
 */
export function checkPresetOptions(backend: string, options: unknown, names: readonly string[]): void {
  const common = { intervalMs, timeoutMs, spool, temporality: chosen, protocol: chosen, histograms: chosen }
  readOptions(group({ ...Object.fromEntries(names.map((name) => [name, own])), ...common }), options, `${backend}()`)
}

/** Result of a preset, for `start({ otlp })`. */
export type Preset<B extends BackendName> = BackendChoice<B> & {
  readonly backend: B
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly compression: 'gzip' | 'none'
  readonly intervalMs?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly maxPointsPerRequest?: number | undefined
  readonly spool?: SpoolOptions | undefined
}

/** Result of any preset. */
export type AnyPreset = { readonly [B in BackendName]: Preset<B> }[BackendName]

interface Target {
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  readonly compression?: 'gzip' | 'none'
}

/**
 * Creates a preset from an address and options.
 * @throws QuipuError QUIPU_BACKEND_REFUSES if the back end does not accept the options
 */
export function createPreset<B extends BackendName>(backend: B, target: Target, options: PresetOptions<B>): Preset<B> {
  checkBackend(backend, options)
  const { intervalMs, timeoutMs, spool } = options
  const { maxPoints }: BackendRule = backendRules[backend]
  const headers = { ...target.headers }
  const preset = {
    ...chosenFor(backend, options),
    backend,
    url: wholeUrl(target.url),
    headers: shownInLogs(headers, () => Object.fromEntries(Object.keys(headers).map((name) => [name, '***']))),
    compression: target.compression ?? 'gzip',
    ...(intervalMs !== undefined && { intervalMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(spool !== undefined && { spool }),
    ...(maxPoints !== undefined && { maxPointsPerRequest: maxPoints }),
  }
  return shownInLogs(preset, () => ({ ...preset, url: withoutUser(preset.url) }))
}

/** `console.log` of a preset shows no credential: neither in its headers nor in its address. */
function shownInLogs<T extends object>(value: T, shown: () => object): T {
  return Object.defineProperty(value, Symbol.for('nodejs.util.inspect.custom'), { value: shown })
}

function withoutUser(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.username === '' && url.password === '')) return text
  url.username = '***'
  url.password = ''
  return url.href
}

/** Adds the path of OTLP to a URL without a path, so that a printed preset shows the requested URL. */
function wholeUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url?.pathname === '/' ? new URL(`/v1/metrics${url.search}`, url).href : text
}

function chosenFor<B extends BackendName>(backend: B, options: Partial<BackendChoice<B>>): BackendChoice<B> {
  const rule: BackendRule = backendRules[backend]
  const chosen = {
    temporality: options.temporality ?? rule.temporality[0],
    protocol: options.protocol ?? rule.protocol[0],
    histograms: options.histograms ?? rule.histograms[0],
  }
  // From the table row of this back end, or checked against it.
  return chosen as BackendChoice<B>
}

/**
 * Checks options against the forms that a back end accepts, also after a change of a preset's result.
 * @throws QuipuError QUIPU_BACKEND_REFUSES
 */
export function checkBackend(
  backend: BackendName,
  choice: { readonly [K in 'temporality' | 'protocol' | 'histograms']?: string | undefined },
): void {
  const rule = backendRules[backend]
  for (const option of ['temporality', 'protocol', 'histograms'] as const) {
    const taken: readonly string[] = rule[option]
    const value = choice[option]
    if (value === undefined || taken.includes(value)) continue
    throw new QuipuError('QUIPU_BACKEND_REFUSES', {
      what: `${backend} does not accept the ${option} ${value}: ${rule.because}.`,
      got: `${option}: '${value}'`,
      fix: `leave ${option} out, or use ${taken.map((each) => `'${each}'`).join(' or ')}`,
    })
  }
}

/**
 * Checks a credential or a part of an address: it must not be empty or contain characters that end a header.
 * @throws QuipuError QUIPU_CONFIG_INVALID, whose text never contains the value
 */
export function required(backend: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !/[\s\p{Cc}]/u.test(value)) return value
  throw new QuipuError('QUIPU_CONFIG_INVALID', {
    what: `${backend}() needs ${name}: a text without spaces.`,
    got: typeof value === 'string' ? `${value.length} characters` : typeof value,
    fix: `${backend}({ ${name}: … }); is the environment variable that it comes from set?`,
  })
}
