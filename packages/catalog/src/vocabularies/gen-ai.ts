import type { MetricSpecs } from '../types.js'
import { llmErrorTypes } from './llm-error-types.js'

// The exact buckets of the conventions, so that dashboards can compare libraries.
const durationBuckets = [
  0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
] as const
const tokenBuckets = [
  1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
] as const
const costBuckets = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10] as const
const agentBuckets = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 51.2, 102.4, 204.8, 409.6] as const
const workflowBuckets = [1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200] as const
const callBuckets = [1, 2, 4, 8, 16, 32, 64, 128] as const

const operation = {
  class: 'name',
  values: [
    'chat',
    'generate_content',
    'text_completion',
    'embeddings',
    'retrieval',
    'execute_tool',
    'create_agent',
    'invoke_agent',
    'invoke_workflow',
    'plan',
    'fetch_response',
  ],
} as const
const provider = {
  class: 'name',
  values: [
    'openai',
    'anthropic',
    'aws.bedrock',
    'azure.ai.openai',
    'azure.ai.inference',
    'gcp.gemini',
    'gcp.vertex_ai',
    'gcp.gen_ai',
    'cohere',
    'deepseek',
    'groq',
    'mistral_ai',
    'moonshot_ai',
    'perplexity',
    'x_ai',
    'ibm.watsonx.ai',
  ],
} as const
const optionalModel = { class: 'model', optional: true } as const
/** Agents and workflows have display names of few words, as models do: `Weather Agent`. */
const displayName = { class: 'model', optional: true } as const
const errorType = { class: 'errorType', values: llmErrorTypes, optional: true } as const
const modality = ['text', 'image', 'audio', 'unknown'] as const

const call = {
  'gen_ai.operation.name': operation,
  'gen_ai.provider.name': provider,
  'gen_ai.request.model': optionalModel,
  'gen_ai.response.model': optionalModel,
  'server.address': { class: 'host', optional: true },
  'server.port': { class: 'name', optional: true, budget: 50 },
} as const
// The conventions' OpenAI attributes, without `openai.response.system_fingerprint`, which changes with every
// deployment.
const callWithTier = {
  ...call,
  'openai.response.service_tier': {
    class: 'name',
    values: ['auto', 'default', 'flex', 'priority', 'scale'],
    optional: true,
    budget: 20,
  },
} as const

const common = { privacy: 'none', merge: 'sum', vocabulary: 'gen_ai' } as const
const clientMetrics = 'OpenTelemetry GenAI metrics, generative AI client metrics'
const agentMetrics = 'OpenTelemetry GenAI metrics, agent and tool metrics'

/**
 * Client metrics of OpenTelemetry's GenAI conventions, both editions. The metrics of model servers (`gen_ai.server.*`)
 * are recorded by the servers.
 */
export const genAiMetrics = {
  'gen_ai.client.token.usage': {
    ...common,
    kind: 'histogram',
    help: 'Number of input and output tokens used',
    unit: '{token}',
    labels: { ...callWithTier, 'gen_ai.token.type': ['input', 'output'] },
    buckets: tokenBuckets,
    profile: '1.41',
    source: clientMetrics,
  },
  'gen_ai.client.operation.duration': {
    ...common,
    kind: 'histogram',
    help: 'GenAI operation duration',
    unit: 's',
    labels: { ...callWithTier, 'error.type': errorType },
    buckets: durationBuckets,
    profile: '1.41',
    source: clientMetrics,
  },
  'gen_ai.client.operation.time_to_first_chunk': {
    ...common,
    kind: 'histogram',
    help: 'Time to receive the first chunk of a streamed response',
    unit: 's',
    labels: call,
    buckets: durationBuckets,
    profile: '1.41',
    source: clientMetrics,
  },
  // Proposed, and in no edition yet; named like the metrics of this edition.
  'gen_ai.client.operation.cost': {
    ...common,
    kind: 'histogram',
    help: 'Cost of an operation in US dollars',
    unit: '{USD}',
    labels: call,
    buckets: costBuckets,
    profile: '1.41',
    source: clientMetrics,
  },
  'gen_ai.client.operation.time_per_output_chunk': {
    ...common,
    kind: 'histogram',
    help: 'Time between two chunks of a streamed response, for each chunk after the first',
    unit: 's',
    labels: call,
    buckets: durationBuckets,
    profile: '1.41',
    source: clientMetrics,
  },
  'gen_ai.client.inference.duration': {
    ...common,
    kind: 'histogram',
    help: 'GenAI inference duration',
    unit: 's',
    labels: { ...callWithTier, 'error.type': errorType },
    buckets: durationBuckets,
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.time_to_first_chunk': {
    ...common,
    kind: 'histogram',
    help: 'Time to receive the first chunk of a streamed inference',
    unit: 's',
    labels: call,
    buckets: durationBuckets,
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.time_per_output_chunk': {
    ...common,
    kind: 'histogram',
    help: 'Time between two chunks of a streamed inference, for each chunk after the first',
    unit: 's',
    labels: call,
    buckets: durationBuckets,
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.usage.input_tokens': {
    ...common,
    kind: 'counter',
    help: 'Input tokens, including cached ones',
    unit: '{token}',
    labels: { ...call, 'gen_ai.token.modality': modality },
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.usage.output_tokens': {
    ...common,
    kind: 'counter',
    help: 'Output tokens, including reasoning',
    unit: '{token}',
    labels: { ...call, 'gen_ai.token.modality': modality },
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.usage.cache_read.input_tokens': {
    ...common,
    kind: 'counter',
    help: 'Input tokens read from a cache; a part of the input tokens',
    unit: '{token}',
    labels: { ...call, 'gen_ai.token.modality': modality },
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.usage.cache_write.input_tokens': {
    ...common,
    kind: 'counter',
    help: 'Input tokens written to a cache; a part of the input tokens',
    unit: '{token}',
    labels: { ...call, 'gen_ai.token.modality': modality },
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.usage.reasoning.output_tokens': {
    ...common,
    kind: 'counter',
    help: 'Output tokens spent on reasoning; a part of the output tokens',
    unit: '{token}',
    labels: { ...call, 'gen_ai.token.modality': modality },
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.operation.input_tokens': {
    ...common,
    kind: 'histogram',
    help: 'Input tokens of one inference',
    unit: '{token}',
    labels: { ...call, 'error.type': errorType },
    buckets: tokenBuckets,
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.client.inference.operation.output_tokens': {
    ...common,
    kind: 'histogram',
    help: 'Output tokens of one inference',
    unit: '{token}',
    labels: { ...call, 'error.type': errorType },
    buckets: tokenBuckets,
    profile: 'next',
    source: clientMetrics,
  },
  'gen_ai.execute_tool.duration': {
    ...common,
    kind: 'histogram',
    help: 'Duration of a tool execution',
    unit: 's',
    labels: {
      'gen_ai.tool.name': 'tool',
      'gen_ai.tool.type': { class: 'name', values: ['function', 'extension', 'datastore'], optional: true, budget: 20 },
      'gen_ai.agent.name': displayName,
      'error.type': errorType,
    },
    buckets: durationBuckets,
    source: agentMetrics,
  },
  'gen_ai.invoke_agent.duration': {
    ...common,
    kind: 'histogram',
    help: 'Duration of an agent invocation',
    unit: 's',
    labels: {
      'gen_ai.agent.name': displayName,
      // Only when the agent uses a single model.
      'gen_ai.request.model': optionalModel,
      'error.type': errorType,
    },
    buckets: agentBuckets,
    source: agentMetrics,
  },
  'gen_ai.invoke_agent.inference_calls': {
    ...common,
    kind: 'histogram',
    help: 'Model calls of one agent invocation',
    unit: '{inference_call}',
    labels: { 'gen_ai.agent.name': displayName },
    buckets: callBuckets,
    source: agentMetrics,
  },
  'gen_ai.invoke_agent.tool_calls': {
    ...common,
    kind: 'histogram',
    help: 'Tool calls of one agent invocation',
    unit: '{tool_call}',
    labels: { 'gen_ai.agent.name': displayName },
    buckets: callBuckets,
    source: agentMetrics,
  },
  'gen_ai.invoke_workflow.duration': {
    ...common,
    kind: 'histogram',
    help: 'Duration of a workflow invocation',
    unit: 's',
    labels: { 'gen_ai.workflow.name': displayName, 'error.type': errorType },
    buckets: workflowBuckets,
    source: agentMetrics,
  },
} as const satisfies MetricSpecs
