import type { Objectives } from '../../catalogue/objectives.js'
import type { AlertRule } from '../rule.js'
import { q } from '../scope.js'

const uptime = q.nameOf('process.uptime')

/** Alerts on the Node.js process. */
export function processAlerts(objectives: Objectives): readonly AlertRule[] {
  return [processRestarting(), eventLoopSlow(objectives)]
}

function processRestarting(): AlertRule {
  return {
    name: 'ProcessRestarting',
    severity: 'page',
    expr: `sum by (job) (resets(${uptime}[15m])) > 3`,
    board: 'node',
    summary: '{{ $labels.job }} restarts repeatedly',
    description: 'Processes of {{ $labels.job }} have restarted {{ $value }} times in 15 minutes.',
    runbook: {
      means: 'Processes of one instance end and start again.',
      causes: [
        'A crash at start or under load.',
        'Out of memory: compare with resident memory.',
        'A health check that fails.',
      ],
      act: 'Read the exit code and the last lines of the process; roll back if it began with a deployment.',
    },
    fires: {
      input: [{ series: `${uptime}{job="app",instance="a"}`, values: '60 120 10 70 10 70 10 70 10 70 10 70' }],
      at: '11m',
      labels: { job: 'app' },
      says: 'Processes of app have restarted 5 times in 15 minutes.',
    },
    // A deployment: each instance restarts once.
    silent: {
      input: ['a', 'b', 'c'].map((instance) => ({
        series: `${uptime}{job="app",instance="${instance}"}`,
        values: '3600 3660 10 70 130 190',
      })),
      at: '6m',
    },
  }
}

function eventLoopSlow({ eventLoopDelaySeconds }: Objectives): AlertRule {
  return {
    name: 'EventLoopSlow',
    severity: 'ticket',
    expr: `${q.now('nodejs.eventloop.delay.p99', { fold: 'max' })} > ${eventLoopDelaySeconds}`,
    for: '10m',
    board: 'node',
    summary: 'The event loop of {{ $labels.job }} is blocked',
    description: '1 % of the turns of the event loop take longer than {{ $value | humanizeDuration }}.',
    runbook: {
      means: 'Synchronous work blocks the process and all its requests.',
      causes: [
        'Parsing or serialising large bodies.',
        'Compression, cryptography or templates without a thread.',
        'Garbage collection of a full heap.',
      ],
      act: 'Take a CPU profile of the process; move the work into a worker thread or divide it.',
    },
    fires: {
      input: [{ series: 'nodejs_eventloop_delay_p99_seconds{job="app",instance="a"}', values: '2x30' }],
      at: '25m',
      labels: { job: 'app' },
      says: '1 % of the turns of the event loop take longer than 2s.',
    },
    // A short block, as during a start.
    silent: {
      input: [{ series: 'nodejs_eventloop_delay_p99_seconds{job="app",instance="a"}', values: '2x5 0.02x25' }],
      at: '8m',
    },
  }
}
