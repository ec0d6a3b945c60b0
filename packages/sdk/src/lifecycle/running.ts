import { QuipuError } from '@quipu/catalog/builtin'
import { RUNNING } from '@quipu/catalog/symbols'

/** What was started, as far as the line at start names it. */
export interface StartedParts {
  /** Whether model calls are observed on the wire. */
  readonly models: boolean
  /** Scheme, host and port of the collector that metrics are pushed to; undefined when Quipu pushes none. */
  readonly otlp: string | undefined
}

export interface Running {
  readonly options: object
  /** The Quipu that `start()` returned for these options. */
  readonly quipu: object
  readonly parts: StartedParts
  /** Ends it for a `start()` of the application. Only what `register` started has it: no code asked for that one. */
  readonly close: (() => Promise<unknown>) | undefined
}

const holder: typeof globalThis & { [RUNNING]?: Running | undefined } = globalThis

/**
 * The running Quipu, if it was started with these options, if there are no options, or if `register` started it.
 * @throws QuipuError QUIPU_ALREADY_STARTED when they are others
 */
export function findRunning(options: object): Running | undefined {
  const running = holder[RUNNING]
  if (running === undefined || running.close !== undefined || isFor(running, options)) return running
  throw new QuipuError('QUIPU_ALREADY_STARTED', {
    what: 'start() was called a second time with other options.',
    got: `options ${Object.keys(options).join(', ')}`,
    fix: 'call start() once, with all options; start() without options returns the one that runs; or shutdown() first',
  })
}

/** Whether what runs is what these options ask for. */
export function isFor({ options: first }: Running, options: object): boolean {
  return Object.keys(options).length === 0 || isSame(first, options)
}

export function setRunning(running: Running): void {
  holder[RUNNING] = running
}

export function clearRunning(quipu: object): void {
  if (holder[RUNNING]?.quipu === quipu) holder[RUNNING] = undefined
}

/** Whether two sets of options say the same: plain data by content, everything else by identity. */
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
