import { trackLlmCall } from '@quipu/sdk'
import type OpenAI from 'openai'

/** The system prompt. */
export const SYSTEM_PROMPT = 'You review the security of systems.'

/**
 * SecureTrack's service for model calls: its methods are decorated, and return the provider's results. The client below
 * is instrumented too; a call is counted once, with the details of both.
 */
export class LLMService {
  readonly model = 'gpt-4'
  readonly #client: OpenAI

  constructor(client: OpenAI) {
    this.#client = client
  }

  @trackLlmCall('generate_response')
  async generateResponse({ prompt }: { prompt: string }): Promise<OpenAI.ChatCompletion> {
    return this.#client.chat.completions.create({
      model: this.model,
      messages: [
        { role: 'system', content: SYSTEM_PROMPT },
        { role: 'user', content: prompt },
      ],
    })
  }

  @trackLlmCall('analyze_diagram')
  async analyzeDiagram({ diagram }: { diagram: string }): Promise<OpenAI.Responses.Response> {
    return this.#client.responses.create({ model: this.model, input: diagram })
  }
}
