import { diag } from '@opentelemetry/api'
import type { EventSpecs, MetricSpecs } from '@quipu/catalog/builtin'
import { createProducer, type Recorder, type RecorderSettings } from '@quipu/core'
import type { ExportTotals } from '@quipu/otlp'
import { joinProcesses, type ProcessGroup } from '@quipu/processes'
import { type ActivityLines, connectActivityLog } from '../activity-lines.js'
import type { Configuration } from '../configuration/configuration.js'
import type { EventLoggerProvider } from '../configuration/start-options.js'
import { startTelemetry } from '../opentelemetry/telemetry.js'
import { createPages } from '../pages.js'
import { VERSION } from '../version.js'
import { withinDeadline } from './deadline.js'
import { installExitHooks } from './exit-hooks.js'
import type { FlushOutcome, Quipu } from './quipu.js'

/** The options that go to the recorder and to the log as they are. */
type Choices = Omit<RecorderSettings, 'activityLog'> & {
  readonly loggerProvider?: EventLoggerProvider | undefined
}

interface Surroundings {
  /** How many ports may be tried for the pages, from the one configured upwards. */
  readonly ports: number
  /** What has to be out of the way before the pages can be opened. */
  readonly room: Promise<unknown> | undefined
  /** Whether it takes the place of one that `register` started: the application does not start a second time. */
  readonly isReplacing: boolean
  readonly onShutdown: () => void
}

interface Created<M extends MetricSpecs, E extends EventSpecs> {
  readonly quipu: Quipu<M, E>
  /** Ends it without an end of the application. */
  readonly giveWay: () => Promise<unknown>
}

/** Starts everything that the configuration asks for. */
export function createQuipu<M extends MetricSpecs, E extends EventSpecs>(
  recorder: Recorder<M, E>,
  configuration: Configuration,
  { vocabularies, genAiProfiles, prices, sessions, loggerProvider }: Choices,
  { ports, room, isReplacing, onShutdown }: Surroundings,
): Created<M, E> {
  // Everything that exports reads the entries at run time, whatever their types are.
  const plain = recorder as unknown as Recorder
  plain.configure({ vocabularies, genAiProfiles, prices, sessions, activityLog: configuration.activityLog.enabled })
  plain.metrics.quipu_info.set(1, { version: VERSION })

  const scrapes = new WeakSet<object>()
  const group = joinGroup(plain, configuration)
  const exported = group === undefined ? plain : withReadings(plain, group.readings)
  const telemetry = startTelemetry(exported, configuration, (request) => scrapes.has(request), group)
  const pages = createPages(exported, configuration.pages, telemetry.collect, scrapes)
  const lines = connectActivityLog(plain, configuration, loggerProvider)
  const open = () => (room === undefined ? pages.open(ports) : room.then(() => pages.open(ports)))
  const ready = group === undefined ? open() : openWhenLeading(group, open)
  ready.catch((error: unknown) => diag.error('quipu: the pages are not served', error))
  if (!isReplacing) plain.trackAppStartup()

  const { shutdownTimeoutMs } = configuration
  const pushes = () => [...telemetry.pushReaders, ...(lines.logExport === undefined ? [] : [lines.logExport])]
  let ended: Promise<FlushOutcome> | undefined

  async function flush(): Promise<FlushOutcome> {
    group?.publish()
    const before = pushes().map(({ ledger }) => ledger.totals)
    const inTime = await withinDeadline(shutdownTimeoutMs, Promise.allSettled([telemetry.flush(), lines.flush()]))
    const outcome = sum(pushes().map(({ ledger }, i) => since(before[i], ledger.totals)))
    const held = pushes().reduce((count, push) => count + push.held(), 0)
    return { ...outcome, held, errors: withTimeout(outcome.errors, inTime, shutdownTimeoutMs) }
  }

  async function end(): Promise<FlushOutcome> {
    uninstall()
    // Kept back to give up what hangs, within the time that was promised.
    const lastMs = Math.min(100, shutdownTimeoutMs / 10)
    const before = pushes().map(({ ledger }) => ledger.totals)
    for (const push of pushes()) push.hurry()
    if (telemetry.pushReaders.length > 0) await group?.close(shutdownTimeoutMs / 2)
    const work = settle(telemetry.shutdown(), lines, pages.close(shutdownTimeoutMs / 2))
    const inTime = await withinDeadline(shutdownTimeoutMs - lastMs, work)
    if (!inTime) {
      for (const push of pushes()) push.abort()
      // What was given up settles at once; what hangs elsewhere (a callback of the host's) is not waited for.
      await withinDeadline(lastMs, work)
    }
    group?.leave()
    onShutdown()
    const outcome = sum(pushes().map(({ ledger }, i) => since(before[i], ledger.totals)))
    const held = pushes().reduce((count, push) => count + push.held(), 0)
    return { ...outcome, held, errors: withTimeout(outcome.errors, inTime, shutdownTimeoutMs) }
  }

  const giveWay = (): Promise<FlushOutcome> => {
    ended ??= end()
    return ended
  }
  const shutdown = (): Promise<FlushOutcome> => {
    if (ended === undefined) plain.trackAppShutdown()
    return giveWay()
  }
  const uninstall = installExitHooks(configuration.exitHooks, shutdown)
  const quipu: Quipu<M, E> = {
    ready,
    handler: pages.handler,
    fetch: pages.handler.fetch,
    page: pages.page,
    flush: () => ended ?? flush(),
    shutdown,
    recorder,
    metrics: recorder.metrics,
  }
  return { quipu, giveWay }
}

/** The process's place in its group, when it has one; without a folder to meet in it goes on alone. */
function joinGroup(recorder: Recorder, { processes }: Configuration): ProcessGroup | undefined {
  if (processes === 'single') return undefined
  try {
    return joinProcesses(recorder, processes)
  } catch (error) {
    diag.error('quipu: this process shows its own numbers only', error)
    return undefined
  }
}

/** The same recorder, whose exporters read other readings: those of all processes. */
function withReadings(recorder: Recorder, readings: Recorder['readings']): Recorder {
  const producer: Recorder['producer'] = (options) => createProducer(readings, recorder.clock, options)
  return Object.create(recorder, { readings: { value: readings }, producer: { value: producer } })
}

const PORT_RETRY_MS = 500

/**
 * The pages of a group are opened by who leads it; the others are ready at once, to answer through `handler`. A port that
 * is taken is tried again for as long as it leads: who had it may be on its way out.
 */
function openWhenLeading(group: ProcessGroup, open: () => Quipu['ready']): Quipu['ready'] {
  let server: Quipu['ready'] | undefined
  const tryToOpen = (): void => {
    server ??= open()
    server.catch(() => {
      // Whoever led before may hold the port yet: it hangs, or has not quite gone. It is a sibling: no error.
      server = undefined
      setTimeout(() => group.leads() && tryToOpen(), PORT_RETRY_MS).unref()
    })
  }
  group.onLead(tryToOpen)
  return server ?? Promise.resolve({ urls: { custom: '', standard: '' } })
}

async function settle(telemetry: Promise<unknown>, lines: ActivityLines, pages: Promise<unknown>): Promise<void> {
  await Promise.allSettled([telemetry, lines.close(), pages])
}

type Difference = Pick<FlushOutcome, 'delivered' | 'dropped' | 'errors'>

function since(before: ExportTotals | undefined, after: ExportTotals): Difference {
  const errors = after.errorCount - (before?.errorCount ?? 0)
  return {
    delivered: after.delivered - (before?.delivered ?? 0),
    dropped: after.dropped - (before?.dropped ?? 0),
    errors: errors > 0 ? after.errors.slice(-errors) : [],
  }
}

function sum(parts: readonly Difference[]): Difference {
  return parts.reduce(
    (all, part) => ({
      delivered: all.delivered + part.delivered,
      dropped: all.dropped + part.dropped,
      errors: [...all.errors, ...part.errors],
    }),
    { delivered: 0, dropped: 0, errors: [] },
  )
}

function withTimeout(errors: readonly Error[], inTime: boolean, timeoutMs: number): readonly Error[] {
  return inTime ? errors : [...errors, new Error(`not done within ${timeoutMs} ms`)]
}
