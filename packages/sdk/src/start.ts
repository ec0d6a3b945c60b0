import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { defaultRecorder, type Recorder } from '@quipu/core'
import { checkOptions, toConfiguration } from './configuration/configuration.js'
import { isSdkDisabled } from './configuration/environment.js'
import type { StartOptions } from './configuration/start-options.js'
import { createQuipu } from './lifecycle/create-quipu.js'
import { createDisabledQuipu } from './lifecycle/disabled-quipu.js'
import type { Quipu } from './lifecycle/quipu.js'
import { clearRunning, findRunning, isFor, type StartedParts, setRunning } from './lifecycle/running.js'

type None = Record<never, never>

/**
 * Connects the process's recorder to pages, OTLP and activity lines. Options take precedence over the environment
 * (`OTEL_*`, FEATURE_METRICS_LOGGING_ENABLED), which takes precedence over the defaults. Call it once, early. It
 * returns immediately, and earlier recordings are kept. A second call with the same options, or without options,
 * returns the same object.
 *
 * @param options all optional. Without `prometheus` no server listens. Without `otlp`, or OTEL_* variables that enable
 * it, nothing is pushed.
 * @returns the running Quipu
 * @throws QuipuError QUIPU_CONFIG_INVALID, QUIPU_BIND_REFUSED, QUIPU_ALREADY_STARTED, QUIPU_CATALOG_NAME_COLLISION,
 * QUIPU_MODULE_NOT_LOADED
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 * @example
 * const quipu = start({ serviceName: 'securetrack', prometheus: { port: 9464 } })
 * const { urls } = await quipu.ready
 */
export function start<
  const M extends MetricSpecs = None,
  const E extends EventSpecs = None,
  RM extends MetricSpecs = None,
  RE extends EventSpecs = None,
>(options: StartOptions<M, E, RM, RE> = {}): Quipu<RM & M, RE & E> {
  return startWith(options, { ports: 1, isReplaceable: false }).quipu
}

/**
 * `start()` for `register`: a running Quipu stays, and a later `start()` of the application replaces the new one.
 * @param ports number of ports to try, from the configured one upwards
 */
export function startReplaceable(options: StartOptions<None, None>, { ports }: { readonly ports: number }): Started {
  const running = findRunning({})
  if (running !== undefined) return { quipu: toQuipu(running.quipu), parts: running.parts, isStart: true }
  return startWith(options, { ports, isReplaceable: true })
}

interface Started<M extends MetricSpecs = None, E extends EventSpecs = None> {
  readonly quipu: Quipu<M, E>
  readonly parts: StartedParts
  /** Whether the application starts with this process. */
  readonly isStart: boolean
}

interface StartMode {
  readonly ports: number
  readonly isReplaceable: boolean
}

function startWith<M extends MetricSpecs, E extends EventSpecs, RM extends MetricSpecs, RE extends EventSpecs>(
  options: StartOptions<M, E, RM, RE>,
  { ports, isReplaceable }: StartMode,
): Started<RM & M, RE & E> {
  if (isSdkDisabled()) {
    return {
      quipu: createDisabledQuipu(recorderOf(options)),
      parts: { models: false, reports: [], otlp: undefined },
      isStart: false,
    }
  }
  const checked = checkOptions(options)
  const running = findRunning(options)
  if (running !== undefined && isFor(running, options))
    return { quipu: toQuipu(running.quipu), parts: running.parts, isStart: true }
  const configuration = toConfiguration(checked, { servesByDefault: isReplaceable })
  const recorder = recorderOf(options)
  const predecessor = running?.close?.()
  const { quipu, close, parts, isStart } = createQuipu(recorder, configuration, {
    ports,
    predecessor,
    onShutdown: () => clearRunning(quipu),
  })
  setRunning({ quipu, parts, options, close: isReplaceable ? close : undefined })
  return { quipu, parts, isStart }
}

/** The running Quipu was created for the same catalogue, or the caller passed no catalogue. */
function toQuipu<M extends MetricSpecs, E extends EventSpecs>(running: object): Quipu<M, E> {
  return running as Quipu<M, E>
}

function recorderOf<M extends MetricSpecs, E extends EventSpecs, RM extends MetricSpecs, RE extends EventSpecs>({
  recorder,
  catalog,
}: StartOptions<M, E, RM, RE>): Recorder<RM & M, RE & E> {
  const chosen = recorder ?? defaultRecorder()
  if (catalog !== undefined) chosen.extend({ metrics: catalog.metrics, events: catalog.events })
  // It now has the entries of both: its own and those just added.
  return chosen as unknown as Recorder<RM & M, RE & E>
}
