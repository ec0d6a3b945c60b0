import { expect } from 'vitest'
import { evaluate, type Program } from './program.js'
import { codeOf, expressionOf, linesBetween } from './usage-blocks.js'

const ON = { FEATURE_METRICS_LOGGING_ENABLED: 'true' }
const section5 = codeOf(5, 'ts')
const section7 = codeOf(7, 'ts')

/** §§2–9: recording. */
export const recordingPrograms: readonly Program[] = [
  {
    name: 'fifteen-lines',
    section: 2,
    environment: ON,
    before: `
const input = 'diagram', file = 'report.pdf'
const analyzeThreats = async (text: string) => 'no threats in ' + text
const upload = async (name: string) => name.length
support.listen()`,
    after: `
const seen = await support.samples()
support.observe({ urls, report, outcome, samples: seen, lines: support.lines })`,
    check({ observed, stdout }, promised) {
      const { urls, report, outcome, samples, lines } = observed
      promised("// { custom: 'http://127.0.0.1:9464/custom_metrics', standard: '…/metrics' }")
      expect(urls).toEqual({
        custom: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/custom_metrics$/),
        standard: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/metrics$/),
      })
      expect(report).toBe('no threats in diagram')
      const names = promised('{ delivered, held, dropped, errors }').match(/\w+/g)
      expect(Object.keys(Object(outcome)).sort()).toEqual([...(names ?? [])].sort())
      expect(samples).toMatchObject({
        'feature_usage_total{feature_name="threat_analysis"}': 1,
        'feature_duration_seconds_count{feature_name="threat_analysis"}': 1,
        'user_action_total{action_type="export_report"}': 1,
        'user_action_total{action_type="document_upload"}': 1,
        'user_action_duration_seconds_count{action_type="document_upload"}': 1,
      })
      const line = promised('[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5')
      expect(lines).toContain(line)
      // Without a sink, the line goes to standard output.
      if (stdout !== '') expect(stdout.split('\n')).toContain(line)
    },
  },
  {
    name: 'features',
    section: 3,
    decorators: true,
    before: `
type Diagram = { readonly nodes: number }
const input = 'diagram'
let result: string
const analyzeThreats = (text: string) => 'no threats in ' + text
const draw = (diagram: Diagram) => diagram.nodes
interface Analyzer { all: readonly string[] }`,
    after: `
const typed: (diagram: Diagram) => Promise<number> = analyzeDataFlow
const analyzer = Object.assign(new Analyzer(), { all: ['a', 'b'] })
const flow = [await typed({ nodes: 2 }), await analyzer.analyze({ nodes: 3 }), ...analyzer.rows()]
const shape = [analyzeDataFlow.length, analyzer.analyze.name, analyzer.analyze.length, analyzer.rows.name]
support.observe({ result, flow, shape, samples: await support.samples() })`,
    check({ observed }, promised) {
      promised('// same type, name, length, this')
      expect(observed).toMatchObject({
        result: 'no threats in diagram',
        flow: [2, 3, 'a', 'b'],
        shape: [1, 'analyze', 1, 'rows'],
        samples: {
          // `using` and `run()`.
          'feature_usage_total{feature_name="threat_analysis"}': 2,
          'feature_duration_seconds_count{feature_name="threat_analysis"}': 2,
          'feature_usage_total{feature_name="data_flow_analysis"}': 2,
          'feature_duration_seconds_count{feature_name="data_flow_analysis"}': 2,
          'feature_usage_total{feature_name="export"}': 1,
          'feature_duration_seconds_count{feature_name="export"}': 1,
        },
      })
    },
  },
  {
    name: 'feature-that-fails',
    section: 3,
    part: linesBetween(codeOf(3, 'ts'), '{ using feature', '  try {'),
    before: `
import { FeatureMetrics } from '@quipu/sdk'
const input = 'diagram'
let result = ''
let thrown: unknown
const failure = new TypeError('no')
const analyzeThreats = (_: string): string => { throw failure }
try {`,
    after: `
} catch (error) { thrown = error }
support.observe({ same: thrown === failure, result, samples: await support.samples() })`,
    check({ observed }) {
      expect(observed).toMatchObject({
        same: true,
        samples: {
          'feature_usage_total{feature_name="threat_analysis"}': 1,
          'feature_errors_total{feature_name="threat_analysis",error_type="TypeError"}': 1,
          'feature_duration_seconds_count{feature_name="threat_analysis"}': 1,
        },
      })
    },
  },
  {
    name: 'users-and-sessions',
    section: 4,
    before: `
const session = { id: 's-1' }, file = 'report.pdf'
const upload = async (name: string) => name.length`,
    after: `
const seen = await support.samples()
trackAuthFailure(); trackSessionEnd(); trackSessionEnd(session.id)
support.observe({ seen, later: await support.samples() })`,
    check({ observed }, promised) {
      const { seen, later } = observed
      expect(seen).toMatchObject({
        user_registrations_total: 1,
        'user_auth_failures_total{reason="invalid_token"}': 1,
        user_logins_total: 1,
        app_active_sessions: 0,
        'user_action_total{action_type="export_report"}': 1,
        'user_action_total{action_type="document_upload"}': 1,
        'user_action_duration_seconds_count{action_type="document_upload"}': 1,
        'analysis_complexity_sum{analysis_type="threat_model"}': 7,
        'analysis_complexity_count{analysis_type="threat_model"}': 1,
      })
      // deleteWorkspace removed it from the page.
      expect(Object.keys(Object(seen)).filter((name) => name.startsWith('workspace_size_bytes'))).toEqual([])
      const reason = promised('reason defaults to invalid_credentials').split(' ').at(-1)
      promised('the gauge never goes below zero')
      expect(later).toMatchObject({ [`user_auth_failures_total{reason="${reason}"}`]: 1, app_active_sessions: 0 })
    },
  },
  {
    name: 'model-calls',
    section: 5,
    decorators: true,
    environment: ON,
    before: `
import { createServer } from 'node:http'
import { defaultRecorder } from '@quipu/core'
const answer = { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4-0613', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Hello' } }], usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 } }
const server = createServer((_request, response) => { response.setHeader('content-type', 'application/json'); response.end(JSON.stringify(answer)) })
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
process.env['OPENAI_BASE_URL'] = 'http://127.0.0.1:' + (address !== null && typeof address === 'object' ? address.port : 0) + '/v1'
process.env['OPENAI_API_KEY'] = 'test'
const messages = ['How are you?']
const provider = async (_: unknown) => ({ content: 'Fine', usage: { input_tokens: 12, output_tokens: 3 } })
async function* pieces() { yield { text: 'héllo ' }; yield { text: 'world' } }
const stream = pieces()
const recorder = defaultRecorder()
support.listen()`,
    after: `
const generated = await new LLMService().generateResponse({ prompt: 'Hello?' })
const chat = await client.chat.completions.create({ model: 'gpt-4', messages: [{ role: 'user', content: 'Hello?' }] })
const raw = new OpenAI()
const same = instrument(raw) === raw && client instanceof OpenAI
stop()
server.close(); server.closeAllConnections()
support.observe({ generated, same, chat: chat.choices[0]?.message.content ?? null, samples: await support.samples(), lines: support.lines })`,
    check({ observed }, promised) {
      promised('// same object, same types, same errors')
      expect(observed).toMatchObject({
        generated: { content: 'Fine' },
        same: true,
        chat: 'Hello',
        samples: {
          // A call without an endpoint has its operation as the endpoint.
          'llm_requests_total{model="gpt-4",endpoint="chat"}': 3,
          'llm_requests_total{model="gpt-4",endpoint="generate_response"}': 1,
          'llm_tokens_total{model="gpt-4",type="input"}': 120 + 120 + 12 + 9,
          'llm_tokens_total{model="gpt-4",type="output"}': 30 + 30 + 3 + 1,
          'llm_feature_requests_total{feature="chat",model="gpt-4"}': 1,
        },
      })
      const lines: unknown = observed.lines
      expect(lines).toContain(promised('[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5'))
      expect(lines).toContain('[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5 tool_count=2')
    },
  },
  {
    name: 'that-call',
    section: 5,
    environment: ON,
    part: linesBetween(section5, 'const call = startLlmCall(', 'call.end()'),
    before: `
import { startLlmCall } from '@quipu/sdk'
async function* pieces() { yield { text: 'héllo ' }; yield { text: 'world' } }
const stream = pieces()
support.listen()`,
    after: `
call.end(); call.fail(new Error('late')); call.usage({ inputTokens: 1 })
support.observe({ samples: await support.samples(), otlp: await support.otlpNames(), lines: support.lines })`,
    check({ observed }, promised) {
      promised('the first of them counts, later ones do nothing')
      const [series = '', one] = promised('llm_requests_total{model="gpt-4",endpoint="chat"} 1').split(' ')
      promised('`llm_tokens_total` 120 input, 30 output, 150 total')
      expect(observed.samples).toMatchObject({
        [series]: Number(one),
        'llm_tokens_total{model="gpt-4",type="input"}': 120,
        'llm_tokens_total{model="gpt-4",type="output"}': 30,
        'llm_tokens_total{model="gpt-4",type="total"}': 150,
        [`${promised('llm_request_duration_seconds')}_count{model="gpt-4",endpoint="chat"}`]: 1,
        // UTF-8: the é has two bytes.
        [`${promised('llm_completion_size_bytes')}_sum{model="gpt-4"}`]: 12,
        [`${promised('aki_model_usage_total')}{model_id="gpt-4"}`]: 1,
        [`${promised('aki_token_input_total')}{model_id="gpt-4"}`]: 120,
      })
      const otlp: unknown = observed.otlp
      expect(otlp).toContain(promised('gen_ai.client.operation.duration'))
      expect(otlp).toContain(promised('gen_ai.client.token.usage'))
      // The call of this part has two tool calls; the line of the page is the other call's.
      expect(observed.lines).toEqual(['[METRIC] [user@example.com] llm_call model=gpt-4 message_count=5 tool_count=2'])
    },
  },
  {
    name: 'tools-requests-files-errors',
    section: 6,
    environment: ON,
    before: `
const args = { left: 2, right: 2 }
const tool = { run: async (numbers: { left: number; right: number }) => numbers.left + numbers.right }
support.listen()`,
    after: `support.observe({ samples: await support.samples(), lines: support.lines })`,
    check({ observed }, promised) {
      expect(observed.samples).toMatchObject({
        [`${promised('aki_tool_usage_total')}{tool_name="calculator"}`]: 1,
        'app_requests_total{endpoint="/users/:id",method="GET",status_code="200"}': 1,
        'app_request_duration_seconds_sum{endpoint="/users/:id",method="GET"}': 0.012,
      })
      expect(observed.lines).toEqual([
        `[METRIC] [unknown] ${promised('tool_call')} tool_name=calculator`,
        '[METRIC] [unknown] file_upload file_size=1024 content_type=application/pdf',
        `[METRIC] [unknown] file_stored file_size=2048 content_type=image/png ${promised('category=uploads')}`,
        '[METRIC] [unknown] error error_type=rate_limit',
      ])
    },
  },
  {
    name: 'activity-log',
    section: 7,
    environment: ON,
    before: `
import { readFileSync } from 'node:fs'
const secret = 'the-payroll'`,
    after: `
await loggers.shutdown()
const parsed = ${expressionOf(section7, 'parseMetricLine(')}
const formatted = ${expressionOf(section7, 'formatMetricLine(')}
support.observe({ file: readFileSync('activity.log', 'utf8'), parsed, none: parseMetricLine('no such line'), formatted, samples: await support.samples() })`,
    check({ observed }, promised) {
      expect(observed).toMatchObject({
        file: `${promised('[METRIC] [user@example.com] tool_call tool_name=calculator')}\n`,
        parsed: evaluate(
          promised("{ event: 'llm_call', user: 'user@example.com', fields: { model: 'gpt-4', message_count: '5' } }"),
        ),
        formatted: promised('[METRIC] [unknown] error error_type=timeout'),
      })
      promised('null when it is not such a line')
      expect(observed.none).toBe(null)
      promised('undeclared attributes are dropped and counted')
      expect(observed.samples).toMatchObject({
        'quipu_dropped_total{metric="tool_call",reason="undeclared_field"}': 1,
      })
    },
  },
  {
    name: 'usage-metrics',
    section: 8,
    after: `support.observe({ samples: await support.samples(), otlp: await support.otlpNames() })`,
    check({ observed }) {
      const claude = 'model_id="anthropic.claude-3-sonnet-20240229-v1:0"'
      expect(observed.samples).toMatchObject({
        aki_active_users: 1,
        'aki_active_user_total{version_id="1.2.0"}': 1,
        'aki_user_action_total{action_type="message",profile_name="Aki - Ask me anything"}': 1,
        [`aki_token_input_total{${claude}}`]: 120,
        [`aki_token_output_total{${claude}}`]: 30,
        // The block's model is an ellipsis, which is not a model id.
        'aki_token_input_total{model_id="other"}': 120,
        'aki_execution_time_milliseconds_sum{model_id="other"}': 812,
        'aki_model_usage_total{model_id="other"}': 1,
        'aki_tool_usage_total{tool_name="read_file"}': 1,
      })
      expect(observed.otlp).toEqual(
        expect.arrayContaining(['active_user', 'user_action', 'token_input', 'token_output', 'execution_time']),
      )
    },
  },
  {
    name: 'own-metrics',
    section: 9,
    after: `
support.observe({
  orders: support.valuesOf(metrics.shop_orders_total),
  items: support.valuesOf(metrics.shop_basket_items),
  sessions: support.valuesOf(metrics.app_active_sessions),
})`,
    check({ observed }) {
      // The series of the web was removed; the fax, which the compiler rejects, became `other`.
      expect(Object.keys(Object(observed.orders))).toEqual(['other PE'])
      expect(observed.items).toEqual({ web: [3, 0, 0, 1, 0, 0] })
      expect(observed.sessions).toMatchObject({ '': [3] })
    },
  },
]
