import OpenAI, { AzureOpenAI } from 'openai'
import OpenAI4 from 'openai-4'
import OpenAI5 from 'openai-5'
import OpenAI6 from 'openai-6'
import { expectTypeOf } from 'vitest'
import { instrument } from './openai.js'

// The function returns the client's own type, in all versions and classes.
expectTypeOf(instrument(new OpenAI())).toEqualTypeOf<OpenAI>()
expectTypeOf(instrument(new OpenAI4())).toEqualTypeOf<OpenAI4>()
expectTypeOf(instrument(new OpenAI5())).toEqualTypeOf<OpenAI5>()
expectTypeOf(instrument(new OpenAI6())).toEqualTypeOf<OpenAI6>()
expectTypeOf(instrument(new AzureOpenAI({}), { endpoint: 'chat' })).toEqualTypeOf<AzureOpenAI>()
// @ts-expect-error a resource is not a client
instrument(new OpenAI().chat.completions)
