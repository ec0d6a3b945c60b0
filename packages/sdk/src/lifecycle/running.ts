import { QuipuError } from '@quipu/catalog/builtin'
import { RUNNING } from '@quipu/catalog/symbols'
import type { ReportKind } from '@quipu/http/reports'

/** The parts that the line at start names. */
export interface StartedParts {
  /** Whether model calls are observed on the wire. */
  readonly models: boolean
  /** What is reported without code, besides requests and model calls. */
  readonly reports: readonly ReportKind[]
  /** Scheme, host and port of the collector that metrics are pushed to; undefined if Quipu pushes none. */
  readonly otlp: string | undefined
}

export interface Running {
  readonly options: object
  /** The Quipu that `start()` returned for these options. */
  readonly quipu: object
  readonly parts: StartedParts
  /** Ends it for a `start()` of the application. Set only if `register` started it, because then no code did. */
  readonly close: (() => Promise<unknown>) | undefined
}

const holder: typeof globalThis & { [RUNNING]?: Running | undefined } = globalThis

/**
 * Returns the running Quipu if it was started with these options, if no options are given, or if `register` started it.
 * @throws QuipuError QUIPU_ALREADY_STARTED for different options
 */
export function findRunning(options: object): Running | undefined {
  const running = holder[RUNNING]
  if (running === undefined || running.close !== undefined || isFor(running, options)) return running
  throw new QuipuError('QUIPU_ALREADY_STARTED', {
    what: 'start() was called a second time with other options.',
    got: `options ${Object.keys(options).join(', ')}`,
    fix: 'call start() once, with all options; start() without options returns the running one; or call shutdown() first',
  })
}

/** Returns whether the running Quipu was started with these options. */
export function isFor({ options: first }: Running, options: object): boolean {
  return Object.keys(options).length === 0 || isSame(first, options)
}

export function setRunning(running: Running): void {
  holder[RUNNING] = running
}

export function clearRunning(quipu: object): void {
  if (holder[RUNNING]?.quipu === quipu) holder[RUNNING] = undefined
}

/** Compares two sets of options: plain data by content, everything else by identity. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!isPlain(a) || !isPlain(b)) return false
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...keys].every((key) => isSame(Reflect.get(a, key), Reflect.get(b, key)))
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === Array.prototype || prototype === null
}
