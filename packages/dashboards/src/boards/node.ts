import { objectives } from '../catalogue/objectives.js'
import { type Board, type Panel, panel } from '../model/board.js'
import { jobVariable, q } from './scope.js'

const requests = 'http.server.request.duration'
const route = ['http.route'] as const
const legend = '{{http_route}}'

const serverPanels: readonly Panel[] = [
  panel('lines', 'reqps', 'Requests by route', 'Answered requests per second.', q.rate(requests, { by: route }), {
    legend,
  }),
  panel(
    'lines',
    's',
    'p95 request time by route',
    '5 % of the requests are slower than this.',
    q.quantile(0.95, requests, { by: route }),
    {
      legend,
      limit: objectives.appLatencySeconds,
    },
  ),
  panel(
    'lines',
    'percentunit',
    'Server errors by route',
    'Share of requests answered with 5xx. A route without errors is 0.',
    q.share(
      { metric: requests, where: { 'http.response.status_code': { like: '5..' } } },
      { metric: requests },
      { by: route },
    ),
    { legend, limit: objectives.appErrors },
  ),
  panel('lines', 'short', 'Active requests', 'Requests in progress.', q.now('http.server.active_requests'), {
    legend: 'requests',
  }),
  panel(
    'lines',
    'bytes',
    'Mean response size by route',
    'Bytes per response body.',
    q.mean('http.server.response.body.size', { by: route }),
    {
      legend,
    },
  ),
  panel(
    'lines',
    's',
    'p95 outgoing request time by host',
    'Requests from the application to other servers.',
    q.quantile(0.95, 'http.client.request.duration', { by: ['server.address'] }),
    { legend: '{{server_address}}' },
  ),
]

const processPanels: readonly Panel[] = [
  panel(
    'stacked',
    'percentunit',
    'CPU',
    'Seconds of CPU per second: 100 % is one core.',
    q.rate('process.cpu.time', { by: ['cpu.mode'] }),
    { legend: '{{cpu_mode}}' },
  ),
  panel(
    'lines',
    'bytes',
    'Resident memory',
    'Physical memory in use, over all processes.',
    q.now('process.memory.usage'),
    {
      legend: 'resident',
    },
  ),
  panel('lines', 'short', 'Open files', 'File descriptors in use.', q.now('process.unix.file_descriptor.count'), {
    legend: 'descriptors',
  }),
  panel('lines', 'dtdurations', 'Uptime', 'Uptime of the newest process.', q.now('process.uptime', { fold: 'min' }), {
    legend: 'youngest',
    alert: 'ProcessRestarting',
  }),
]

const eventLoopPanels: readonly Panel[] = [
  panel(
    'lines',
    'percentunit',
    'Event loop utilization',
    'Share of time in which the busiest event loop is not idle.',
    q.now('nodejs.eventloop.utilization', { fold: 'max' }),
    { legend: 'busiest' },
  ),
  panel(
    'lines',
    's',
    'Event loop delay, p99',
    'p99 delay of the slowest event loop.',
    q.now('nodejs.eventloop.delay.p99', { fold: 'max' }),
    {
      legend: 'slowest',
      limit: objectives.eventLoopDelaySeconds,
      alert: 'EventLoopSlow',
    },
  ),
  panel(
    'stacked',
    'percentunit',
    'Garbage collection',
    'Seconds of collection per second, by kind.',
    q.sumRate('v8js.gc.duration', { by: ['v8js.gc.type'] }),
    { legend: '{{v8js_gc_type}}' },
  ),
  panel(
    'stacked',
    'bytes',
    'Heap in use',
    'By space.',
    q.now('v8js.memory.heap.used', { by: ['v8js.heap.space.name'] }),
    { legend: '{{v8js_heap_space_name}}' },
  ),
]

const instrumentatorPanels: readonly Panel[] = [
  panel(
    'stacked',
    'reqps',
    'Requests by status',
    'http_requests_total.',
    q.rate('http_requests_total', { by: ['status'] }),
    { legend: '{{status}}' },
  ),
  panel(
    'lines',
    's',
    'p95 request time',
    'http_request_duration_highr_seconds, over all handlers.',
    q.quantile(0.95, 'http_request_duration_highr_seconds'),
    { legend: 'p95' },
  ),
  panel(
    'lines',
    's',
    'Mean request time by handler',
    'http_request_duration_seconds.',
    q.mean('http_request_duration_seconds', { by: ['handler'] }),
    { legend: '{{handler}}' },
  ),
]

/**
 * The standard page of a Node.js process: OpenTelemetry's conventions and the names of Prometheus FastAPI
 * Instrumentator.
 */
export const nodeBoard: Board = {
  id: 'node',
  title: 'Quipu · Node.js',
  about: 'The standard page: HTTP requests, process, event loop, heap.',
  variables: [jobVariable(q.nameOf('process.uptime'))],
  rows: [
    { title: 'HTTP', panels: serverPanels },
    { title: 'Process', panels: processPanels },
    { title: 'Event loop and heap', panels: eventLoopPanels },
    { title: 'Names of Prometheus FastAPI Instrumentator', panels: instrumentatorPanels },
  ],
}
