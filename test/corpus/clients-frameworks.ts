import { type Client, load, messages, type Untyped } from './client.js'

/** A provider of the AI SDK, with its conversations and the requested model. */
interface AiProvider {
  readonly package: string
  readonly plain: string
  readonly stream: string
  model(library: Untyped, url: string): Untyped
}

const openai: AiProvider = {
  package: 'openai',
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  model: ({ createOpenAI }, url) => createOpenAI({ apiKey: 'planted-key', baseURL: `${url}/v1` }).chat('gpt-4.1'),
}

const anthropic: AiProvider = {
  package: 'anthropic',
  plain: 'anthropic-messages: plain answer',
  stream: 'anthropic-messages: stream',
  model: ({ createAnthropic }, url) => createAnthropic({ apiKey: 'planted-key', baseURL: `${url}/v1` })('sonnet-4-5'),
}

const google: AiProvider = {
  package: 'google',
  plain: 'gemini: plain answer',
  stream: 'gemini: stream',
  model: ({ createGoogleGenerativeAI }, url) =>
    createGoogleGenerativeAI({ apiKey: 'planted-key', baseURL: `${url}/v1beta` })('gemini-2.5-flash'),
}

const mistral: AiProvider = {
  package: 'mistral',
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  model: ({ createMistral }, url) => createMistral({ apiKey: 'planted-key', baseURL: `${url}/v1` })('gpt-4.1'),
}

const bedrock: AiProvider = {
  package: 'amazon-bedrock',
  plain: 'bedrock: converse',
  stream: 'bedrock: converse stream of the AI SDK',
  model: ({ createAmazonBedrock }, url) =>
    createAmazonBedrock({ region: 'us-east-1', baseURL: url, apiKey: 'planted-key' })(
      'anthropic.sonnet-4-5-20250929-v1:0',
    ),
}

/** What a model named by a string goes through. */
const gateway: AiProvider = {
  package: 'gateway',
  plain: 'ai-gateway: plain chat',
  stream: 'ai-gateway: streamed chat',
  model: ({ createGateway }, url) => createGateway({ apiKey: 'planted-key', baseURL: `${url}/v4/ai` })('openai/gpt-5'),
}

const aiVersions = { 5: '5.0.277', 6: '6.0.326', 7: '7.0.173' } as const

const aiSdk = (major: keyof typeof aiVersions, provider: AiProvider, version: string): Client => ({
  name: `ai ${major} with @ai-sdk/${provider.package}`,
  packages: {
    [`ai-${major}`]: `npm:ai@${aiVersions[major]}`,
    [`ai-${provider.package}-${major}`]: `npm:@ai-sdk/${provider.package}@${version}`,
  },
  plain: provider.plain,
  stream: provider.stream,
  ...(major === 7 && { fromNode: 22 }),
  async open(url) {
    const { generateText, streamText } = await load(`ai-${major}`)
    const model = provider.model(await load(`ai-${provider.package}-${major}`), url)
    // System and user message, if the provider's conversations have both.
    const system = provider.plain.startsWith('openai-chat') ? { system: 'planted-prompt system' } : {}
    const call = { model, ...system, prompt: 'planted-prompt' }
    return {
      plain: async (abortSignal) => {
        const { text, usage, finishReason } = await generateText({ ...call, abortSignal })
        return { text, usage, finishReason }
      },
      stream: async (abortSignal) => streamText({ ...call, abortSignal, onError: () => undefined }).textStream,
    }
  },
})

const langchain = (
  spec: string,
  className: string,
  [plain, stream]: readonly [string, string],
  options: (url: string) => object,
): Client => {
  const at = spec.lastIndexOf('@')
  const library = spec.slice(0, at)
  return {
    name: library,
    packages: { [library]: spec.slice(at + 1), '@langchain/core': '1.4.0' },
    plain,
    stream,
    async open(url) {
      const { [className]: Model } = await load(library)
      const model = new Model({ maxRetries: 2, apiKey: 'planted-key', ...options(url) })
      const prompt = messages.map(({ role, content }) => [role, content])
      return {
        plain: (signal) => model.invoke(prompt, { signal }),
        stream: (signal) => model.stream(prompt, { signal }),
      }
    },
  }
}

const llamaindex: Client = {
  name: '@llamaindex/openai',
  packages: { llamaindex: '0.12.1', '@llamaindex/openai': '0.4.23' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const { OpenAI } = await load('@llamaindex/openai')
    const model = new OpenAI({ model: 'gpt-4.1', apiKey: 'planted-key', baseURL: `${url}/v1`, maxRetries: 2 })
    return {
      plain: () => model.chat({ messages }),
      stream: () => model.chat({ messages, stream: true }),
    }
  },
}

const mastra: Client = {
  name: '@mastra/core 1',
  asksAgain: true,
  packages: { '@mastra/core': '1.71.0' },
  fromNode: 22,
  plain: 'openai-chat: stream',
  stream: 'openai-chat: stream',
  async open(url) {
    const { Agent } = await load('@mastra/core/agent')
    const agent = new Agent({
      id: 'agent',
      name: 'agent',
      instructions: 'planted-prompt system',
      model: { id: 'custom/gpt-4.1', url: `${url}/v1`, apiKey: 'planted-key' },
    })
    return {
      plain: async (abortSignal) => (await agent.generate('planted-prompt', { abortSignal })).text,
      stream: async (abortSignal) => (await agent.stream('planted-prompt', { abortSignal })).textStream,
    }
  },
}

const agents: Client = {
  name: '@openai/agents 0.20',
  asksAgain: true,
  packages: { '@openai/agents': '0.20.0' },
  plain: 'openai-chat: plain answer',
  stream: 'openai-chat: stream',
  async open(url) {
    const { Agent, OpenAIProvider, Runner } = await load('@openai/agents')
    const modelProvider = new OpenAIProvider({ apiKey: 'planted-key', baseURL: `${url}/v1`, useResponses: false })
    const runner = new Runner({ modelProvider, tracingDisabled: true })
    const agent = new Agent({ name: 'agent', instructions: 'planted-prompt system', model: 'gpt-4.1' })
    return {
      plain: async (signal) => (await runner.run(agent, 'planted-prompt', { signal })).finalOutput,
      stream: async (signal) => (await runner.run(agent, 'planted-prompt', { signal, stream: true })).toTextStream(),
    }
  },
}

/** Frameworks above the clients of providers. */
export const frameworkClients: readonly Client[] = [
  aiSdk(5, openai, '2.0.131'),
  aiSdk(5, anthropic, '2.0.112'),
  aiSdk(5, google, '2.0.108'),
  aiSdk(5, mistral, '2.0.51'),
  aiSdk(6, openai, '3.0.141'),
  aiSdk(6, anthropic, '3.0.140'),
  aiSdk(6, google, '3.0.141'),
  aiSdk(6, mistral, '3.0.69'),
  aiSdk(6, bedrock, '4.0.186'),
  aiSdk(7, openai, '4.0.118'),
  aiSdk(7, anthropic, '4.0.105'),
  aiSdk(7, google, '4.0.121'),
  aiSdk(7, mistral, '4.0.87'),
  aiSdk(7, gateway, '4.0.146'),
  langchain('@langchain/openai@1.6.0', 'ChatOpenAI', ['openai-chat: plain answer', 'openai-chat: stream'], (url) => ({
    model: 'gpt-4.1',
    configuration: { baseURL: `${url}/v1` },
  })),
  langchain(
    '@langchain/anthropic@1.5.11',
    'ChatAnthropic',
    ['anthropic-messages: plain answer', 'anthropic-messages: stream'],
    (url) => ({ model: 'sonnet-4-5', anthropicApiUrl: url }),
  ),
  langchain(
    '@langchain/google-genai@2.3.2',
    'ChatGoogleGenerativeAI',
    ['gemini: plain answer', 'gemini: stream'],
    (url) => ({ model: 'gemini-2.5-flash', baseUrl: url }),
  ),
  langchain('@langchain/ollama@1.3.0', 'ChatOllama', ['ollama: streamed chat', 'ollama: streamed chat'], (url) => ({
    model: 'llama3.2',
    baseUrl: url,
  })),
  llamaindex,
  mastra,
  agents,
]
