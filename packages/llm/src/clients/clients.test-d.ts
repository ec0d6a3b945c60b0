import { createOpenAI } from '@ai-sdk/openai'
import Anthropic from '@anthropic-ai/sdk'
import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime'
import { GoogleGenAI } from '@google/genai'
import { ChatOpenAI } from '@langchain/openai'
import { Mistral } from '@mistralai/mistralai'
import { CohereClient, CohereClientV2 } from 'cohere-ai'
import Groq from 'groq-sdk'
import { Ollama } from 'ollama'
import { expectTypeOf } from 'vitest'
import * as aiSdk from './ai-sdk.js'
import * as anthropic from './anthropic.js'
import * as bedrock from './bedrock.js'
import * as cohere from './cohere.js'
import * as google from './google.js'
import * as langchain from './langchain.js'
import * as mistral from './mistral.js'
import * as ollama from './ollama.js'
import * as openai from './openai.js'

// Each function returns the client's own type.
expectTypeOf(anthropic.instrument(new Anthropic())).toEqualTypeOf<Anthropic>()
expectTypeOf(openai.instrument(new Groq())).toEqualTypeOf<Groq>()
expectTypeOf(bedrock.instrument(new BedrockRuntimeClient({}))).toEqualTypeOf<BedrockRuntimeClient>()
expectTypeOf(google.instrument(new GoogleGenAI({}))).toEqualTypeOf<GoogleGenAI>()
expectTypeOf(ollama.instrument(new Ollama())).toEqualTypeOf<Ollama>()
expectTypeOf(mistral.instrument(new Mistral())).toEqualTypeOf<Mistral>()
expectTypeOf(cohere.instrument(new CohereClient({}))).toEqualTypeOf<CohereClient>()
expectTypeOf(cohere.instrument(new CohereClientV2({}))).toEqualTypeOf<CohereClientV2>()
expectTypeOf(langchain.instrument(new ChatOpenAI(), { endpoint: 'chat' })).toEqualTypeOf<ChatOpenAI>()
const model = createOpenAI()('gpt-4')
expectTypeOf(aiSdk.instrument(model)).toEqualTypeOf<typeof model>()
// @ts-expect-error a resource is not a client
anthropic.instrument(new Anthropic().messages)
// @ts-expect-error a model is not a provider
aiSdk.instrument(createOpenAI())
// @ts-expect-error a client of another library
google.instrument(new Ollama())
// @ts-expect-error a client of another library
bedrock.instrument(new Anthropic())
