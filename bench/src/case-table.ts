import type { Case } from './cases/case.js'
import type { RecordingCalls } from './library.js'

export const libraries = ['quipu', 'otel', 'prom-client', 'prometheus-io'] as const
/** A library of the comparison, or `nothing` for the loop and the caller's literal alone. */
export type LibraryName = (typeof libraries)[number] | 'nothing'

interface CaseEntry {
  readonly load: () => Promise<Case>
  readonly libraries: readonly LibraryName[]
  /** Arguments of Node in addition to `--expose-gc`. */
  readonly flags?: readonly string[]
  /** `every` round; `once` if repetitions give the same figure; `waiting` for processes that mostly wait, which run concurrently. */
  readonly runs: 'every' | 'once' | 'waiting'
}

const withNothing = [...libraries, 'nothing'] as const
// OpenTelemetry has no handles.
const withHandles = ['quipu', 'prom-client', 'prometheus-io', 'nothing'] as const
const recording = () => import('./cases/recording.js')

/** Nanoseconds per call, with Node's default settings. */
function timed(kind: keyof RecordingCalls, of: readonly LibraryName[]): CaseEntry {
  return { load: async () => (await recording()).timeCase(kind), libraries: of, runs: 'every' }
}

/** Bytes per call, with a young generation so large that nothing is collected during the measurement. */
function weighed(kind: keyof RecordingCalls, of: readonly LibraryName[]): CaseEntry {
  const flags = ['--min-semi-space-size=256', '--max-semi-space-size=256']
  return { load: async () => (await recording()).bytesCase(kind), libraries: of, flags, runs: 'once' }
}

/** All cases. Each library of a case runs in its own process. */
export const caseTable = {
  'add-2-labels': timed('add2', withNothing),
  'add-2-labels-bytes': weighed('add2', withNothing),
  'add-3-labels': timed('add3', withNothing),
  'add-3-labels-bytes': weighed('add3', withNothing),
  'add-among-many': {
    load: async () => (await recording()).addAmongMany,
    libraries: withNothing,
    runs: 'every',
  },
  'add-read-values': {
    load: async () => (await recording()).addReadValues,
    libraries: withNothing,
    runs: 'every',
  },
  'record-2-labels': timed('record2', withNothing),
  'record-2-labels-bytes': weighed('record2', withNothing),
  'handle-add': timed('handleAdd', withHandles),
  'handle-add-bytes': weighed('handleAdd', withHandles),
  'handle-record': timed('handleRecord', withHandles),
  'handle-record-bytes': weighed('handleRecord', withHandles),
  'second-reader': {
    load: async () => (await recording()).secondReader,
    libraries: ['quipu', 'otel'],
    runs: 'every',
  },
  attached: { load: async () => (await recording()).attached, libraries: ['quipu'], runs: 'every' },
  page: { load: async () => (await import('./cases/page.js')).page, libraries, runs: 'every' },
  memory: { load: async () => (await import('./cases/memory.js')).memory, libraries, runs: 'every' },
  flood: { load: async () => (await import('./cases/flood.js')).flood, libraries, runs: 'once' },
  hostile: { load: async () => (await import('./cases/hostile.js')).hostile, libraries, runs: 'once' },
  import: { load: async () => (await import('./cases/import.js')).importing, libraries, runs: 'every' },
  register: {
    load: async () => (await import('./cases/start.js')).registering,
    libraries: ['quipu', 'otel'],
    runs: 'every',
  },
  start: {
    load: async () => (await import('./cases/start.js')).starting,
    libraries: ['quipu', 'otel', 'prom-client'],
    runs: 'every',
  },
  'shutdown-refused': {
    load: async () => (await import('./cases/shutdown.js')).shutdownRefused,
    libraries: ['quipu', 'otel'],
    runs: 'waiting',
  },
  'shutdown-hanging': {
    load: async () => (await import('./cases/shutdown.js')).shutdownHanging,
    libraries: ['quipu', 'otel'],
    runs: 'waiting',
  },
  'outage-cumulative': {
    load: async () => (await import('./cases/outage.js')).outageCumulative,
    libraries: ['quipu', 'otel'],
    runs: 'waiting',
  },
  'outage-delta': {
    load: async () => (await import('./cases/outage.js')).outageDelta,
    libraries: ['quipu', 'otel'],
    runs: 'waiting',
  },
} as const satisfies { readonly [name: string]: CaseEntry }

export type CaseName = keyof typeof caseTable

export function caseOf(name: CaseName): CaseEntry {
  return caseTable[name]
}

export function isCaseName(name: string): name is CaseName {
  return Object.hasOwn(caseTable, name)
}
