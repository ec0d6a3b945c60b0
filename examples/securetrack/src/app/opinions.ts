import type Anthropic from '@anthropic-ai/sdk'
import { withAttribution } from '@quipu/sdk'
import { generateText, type LanguageModel } from 'ai'

/** The models of the second opinion and of titles. */
export const REVIEW_MODEL = 'claude-haiku-4-5'
export const TITLE_MODEL = 'gpt-4.1-nano'

/** Answers of other providers and libraries to a question. Only the features are here for metrics. */
export interface Opinions {
  review(question: string): Promise<string>
  title(question: string): Promise<string>
}

export function createOpinions(anthropic: Anthropic, titles: LanguageModel): Opinions {
  return {
    review: (question) =>
      withAttribution({ feature: 'review' }, async () => {
        const { content } = await anthropic.messages.create({
          model: REVIEW_MODEL,
          max_tokens: 1024,
          messages: [{ role: 'user', content: question }],
        })
        return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
      }),
    title: (question) =>
      withAttribution({ feature: 'title' }, async () => (await generateText({ model: titles, prompt: question })).text),
  }
}
