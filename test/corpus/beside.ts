import { type Client, loadByRequire as load, type Untyped } from './client.js'
import { chatOf } from './clients-openai.js'
import { peers } from './peers.js'

/** Another library that traces or patches the same client. */
export interface Companion {
  readonly name: string
  readonly packages: { readonly [name: string]: string }
  /** A situation that its clients do not have. */
  readonly lacks?: string
  /** Starts it before the client is loaded; returns a function that creates an observed client. */
  start(): Promise<(url: string) => Untyped>
}

const telemetry = { '@opentelemetry/api': '1.9.1', '@opentelemetry/sdk-trace-node': '2.12.1' }
/** An address without a server. */
const NOWHERE = 'http://127.0.0.1:9'

const options = (url: string) => ({ apiKey: 'planted-key', baseURL: `${url}/v1` })
const plainClient = (url: string): Untyped => new (load('openai').OpenAI)(options(url))

function traceInMemory(): void {
  const { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } = load('@opentelemetry/sdk-trace-node')
  new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new InMemorySpanExporter())] }).register()
}

/** All libraries beside which Quipu may be loaded. */
export const companions: readonly Companion[] = [
  ...peers.map(({ name, packages, start }) => ({
    name,
    packages,
    async start() {
      await start()
      return plainClient
    },
  })),
  {
    name: '@sentry/node 11',
    packages: { '@sentry/node': '11.12.0' },
    async start() {
      const transport = () => ({ send: async () => ({}), flush: async () => true })
      load('@sentry/node').init({ dsn: 'http://a@127.0.0.1:9/1', tracesSampleRate: 1, transport })
      return plainClient
    },
  },
  {
    name: '@langfuse/openai 5',
    packages: { ...telemetry, '@langfuse/openai': '5.11.1', '@langfuse/core': '5.11.1', '@langfuse/tracing': '5.11.1' },
    async start() {
      traceInMemory()
      const { observeOpenAI } = load('@langfuse/openai')
      return (url) => observeOpenAI(plainClient(url))
    },
  },
  {
    name: 'langsmith 0.12',
    packages: { langsmith: '0.12.0' },
    async start() {
      Object.assign(process.env, { LANGSMITH_TRACING: 'true', LANGSMITH_API_KEY: 'x', LANGSMITH_ENDPOINT: NOWHERE })
      const { wrapOpenAI } = load('langsmith/wrappers')
      return (url) => wrapOpenAI(plainClient(url))
    },
  },
  {
    name: 'braintrust 3',
    packages: { braintrust: '3.35.0', zod: '4.1.12' },
    // Its calls begin when they are awaited.
    lacks: 'not awaited',
    async start() {
      const { initLogger, wrapOpenAI } = load('braintrust')
      initLogger({ projectName: 'x', apiKey: 'x', appUrl: NOWHERE, forceLogin: false })
      return (url) => wrapOpenAI(plainClient(url))
    },
  },
  {
    name: '@posthog/ai 8',
    packages: { '@posthog/ai': '8.13.1', 'posthog-node': '5.70.0' },
    async start() {
      const posthog = new (load('posthog-node').PostHog)('x', { host: NOWHERE })
      const { OpenAI } = load('@posthog/ai/openai')
      return (url) => new OpenAI({ ...options(url), posthog })
    },
  },
  {
    name: '@arizeai/openinference-instrumentation-openai 4',
    packages: { ...telemetry, '@arizeai/openinference-instrumentation-openai': '4.2.7' },
    async start() {
      traceInMemory()
      const { OpenAIInstrumentation } = load('@arizeai/openinference-instrumentation-openai')
      new OpenAIInstrumentation().manuallyInstrument(load('openai'))
      return plainClient
    },
  },
  {
    name: 'dd-trace 6',
    packages: { 'dd-trace': '6.21.0' },
    async start() {
      Object.assign(process.env, { DD_TRACE_AGENT_URL: NOWHERE, DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false' })
      load('dd-trace').init({ startupLogs: false })
      return plainClient
    },
  },
]

/** Creates a client with a companion. */
export const clientBeside = (makeClient: (url: string) => Untyped): Client => ({
  name: 'openai 6',
  packages: {},
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  open: async (url) => chatOf(makeClient(url)),
})
