import { QuipuError } from '@quipu/catalog/builtin'
import { group, option, readOptions, text } from '@quipu/catalog/options'
import { type BackendChoice, type BackendName, type BackendRule, backendRules } from '../backend-rules.js'
import { otlpOptions } from '../otlp-options.js'
import type { SpoolOptions } from '../spool/spool-options.js'

/** What may be chosen differently from a preset's own choice: only what its back end takes. */
export type PresetOptions<B extends BackendName> = Partial<BackendChoice<B>> & {
  /** Milliseconds from one export to the next. */
  readonly intervalMs?: number | undefined
  /** Milliseconds that one export may take. */
  readonly timeoutMs?: number | undefined
  /** Keeps on disk what did not get through. Default: off. */
  readonly spool?: SpoolOptions | undefined
}

const { intervalMs, timeoutMs, spool } = otlpOptions.fields
/** Which of the texts a back end takes is checked by its rule. */
const chosen = option(text(), {})
const own = option(text({ min: 0, expected: 'a text' }), { secret: true })

/**
 * Checks what a preset was given: its own options are texts, the others those of every preset.
 * @throws QuipuError QUIPU_CONFIG_INVALID
 */
export function checkPresetOptions(backend: string, options: unknown, names: readonly string[]): void {
  const common = { intervalMs, timeoutMs, spool, temporality: chosen, protocol: chosen, histograms: chosen }
  readOptions(group({ ...Object.fromEntries(names.map((name) => [name, own])), ...common }), options, `${backend}()`)
}

/** What a preset makes, for `start({ otlp })`. */
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

/** What any of the presets makes. */
export type AnyPreset = { readonly [B in BackendName]: Preset<B> }[BackendName]

interface Target {
  readonly url: string
  readonly headers?: { readonly [name: string]: string }
  readonly compression?: 'gzip' | 'none'
}

/**
 * Puts together a preset from where a back end is and what was chosen.
 * @throws QuipuError QUIPU_BACKEND_REFUSES when the back end does not take what was chosen
 */
export function createPreset<B extends BackendName>(backend: B, target: Target, options: PresetOptions<B>): Preset<B> {
  checkBackend(backend, options)
  const { intervalMs, timeoutMs, spool } = options
  const { maxPoints }: BackendRule = backendRules[backend]
  return {
    ...chosenFor(backend, options),
    backend,
    url: wholeUrl(target.url),
    headers: withoutValuesInLogs(target.headers ?? {}),
    compression: target.compression ?? 'gzip',
    ...(intervalMs !== undefined && { intervalMs }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(spool !== undefined && { spool }),
    ...(maxPoints !== undefined && { maxPointsPerRequest: maxPoints }),
  }
}

/** `console.log` of a preset shows the names of its headers, not the credentials in them. */
function withoutValuesInLogs(headers: Preset<BackendName>['headers']): Preset<BackendName>['headers'] {
  const inspect = (): object => Object.fromEntries(Object.keys(headers).map((name) => [name, '***']))
  return Object.defineProperty({ ...headers }, Symbol.for('nodejs.util.inspect.custom'), { value: inspect })
}

/** With the path of OTLP where there is none, so that what is printed of a preset is what is asked for. */
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
  // Out of this back end's row of the table, or checked against it.
  return chosen as BackendChoice<B>
}

/**
 * Checks what was chosen against what a back end takes; also where a preset's result was changed afterwards.
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
      what: `${backend} does not take the ${option} ${value}: ${rule.because}.`,
      got: `${option}: '${value}'`,
      fix: `leave ${option} out, or use ${taken.map((each) => `'${each}'`).join(' or ')}`,
    })
  }
}

/**
 * A credential or a part of an address: a text with something in it, and nothing that could end a header.
 * @throws QuipuError QUIPU_CONFIG_INVALID, which never has the value in it
 */
export function required(backend: string, name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && !/[\s\p{Cc}]/u.test(value)) return value
  throw new QuipuError('QUIPU_CONFIG_INVALID', {
    what: `${backend}() needs ${name}: a text without spaces.`,
    got: typeof value === 'string' ? `${value.length} characters` : typeof value,
    fix: `${backend}({ ${name}: … }); is the environment variable that it comes from set?`,
  })
}
