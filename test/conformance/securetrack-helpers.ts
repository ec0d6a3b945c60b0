import { builtinCatalog } from '@quipu/catalog'
import {
  createRecorder,
  defaultRecorder,
  FeatureMetrics,
  trackFeature,
  trackFeatureAsync,
  trackLlmCall,
  UserActionTimer,
} from '@quipu/core'
import { createTestRecorder } from '@quipu/testing'
import { expect } from 'vitest'
import { pageOf, valuesOf } from './page.js'
import type { Checks } from './promises.js'

class LLMService {
  model = 'gpt-4'
  @trackLlmCall('generate_response') async generateResponse({ prompt }: { prompt: string }) {
    return { content: `You said ${prompt.length}`, usage: { input_tokens: 120, output_tokens: 30 } }
  }
}

/** Value of a series of the process's recorder, or 0. */
async function soFar(name: string, series: string): Promise<number> {
  const family = (await pageOf(defaultRecorder())).find((each) => each.name === name)
  return family === undefined ? 0 : ((await valuesOf(defaultRecorder(), name))[series] ?? 0)
}

/** S28–S41: the documented snippets, in TypeScript. */
export const securetrackHelpers: Checks = {
  async S28() {
    const series = 'llm_requests_total{model="gpt-4",endpoint="generate_response"}'
    const tokens = 'llm_tokens_total{model="gpt-4",type="total"}'
    const before = [await soFar('llm_requests_total', series), await soFar('llm_tokens_total', tokens)]
    await new LLMService().generateResponse({ prompt: 'Your prompt here' })
    expect([await soFar('llm_requests_total', series), await soFar('llm_tokens_total', tokens)]).toEqual([
      (before[0] ?? 0) + 1,
      (before[1] ?? 0) + 150,
    ])
  },
  async S29() {
    const response = { content: 'answer', usage: { input_tokens: 1, output_tokens: 1 } }
    const recorder = createTestRecorder()
    const ask = recorder.trackLlmCall('generate_response', async (_options: { prompt: string }) => response)
    expect(await ask({ prompt: 'Your prompt here' })).toBe(response)
    expect(await new LLMService().generateResponse({ prompt: 'four' })).toEqual({
      content: 'You said 4',
      usage: { input_tokens: 120, output_tokens: 30 },
    })
  },
  S30() {
    const recorder = createTestRecorder()
    {
      using _feature = new FeatureMetrics('threat_analysis', { recorder })
      recorder.clock.advanceMs(250)
    }
    expect(recorder.value('feature_usage_total', { feature_name: 'threat_analysis' })).toBe(1)
    expect(recorder.value('feature_duration_seconds', { feature_name: 'threat_analysis' })).toMatchObject({
      count: 1,
      sum: 0.25,
    })
    expect(recorder.value('feature_errors_total', { feature_name: 'threat_analysis', error_type: 'Error' })).toBe(0)
  },
  async S31() {
    const drawing = { nodes: 3 }
    class Analyzer {
      @trackFeatureAsync('data_flow_analysis') async analyze(_diagram: string) {
        return drawing
      }
    }
    const series = 'feature_usage_total{feature_name="data_flow_analysis"}'
    const before = await soFar('feature_usage_total', series)
    expect(await new Analyzer().analyze('diagram')).toBe(drawing)
    expect(await soFar('feature_usage_total', series)).toBe(before + 1)

    const recorder = createTestRecorder()
    const analyze = recorder.trackFeatureAsync('data_flow_analysis', async (diagram: string) => {
      await Promise.resolve()
      recorder.clock.advanceMs(100)
      return diagram
    })
    expect(await analyze('diagram')).toBe('diagram')
    // Timed until the promise settles, not until its creation.
    expect(recorder.value('feature_duration_seconds', { feature_name: 'data_flow_analysis' })).toMatchObject({
      sum: 0.1,
    })
  },
  S32() {
    const recorder = createTestRecorder()
    function double(this: unknown, n: number): number {
      recorder.clock.advanceMs(50)
      return n * 2
    }
    const tracked = recorder.trackFeature('doubling', double)
    expect(tracked(21)).toBe(42)
    expect([tracked.name, tracked.length]).toEqual(['double', 1])
    expect(recorder.value('feature_duration_seconds', { feature_name: 'doubling' })).toMatchObject({ sum: 0.05 })
    expect(trackFeature('doubling', (n: number) => n * 2)(21)).toBe(42)
  },
  S33() {
    const recorder = createTestRecorder()
    recorder.trackSessionStart()
    recorder.trackSessionStart()
    expect(recorder.value('app_active_sessions')).toBe(2)
  },
  S34() {
    const recorder = createTestRecorder()
    recorder.trackUserLogin()
    expect(recorder.value('user_logins_total')).toBe(1)
    // A login is neither a session nor a registration.
    expect([recorder.value('app_active_sessions'), recorder.value('user_registrations_total')]).toEqual([0, 0])
  },
  S35() {
    const recorder = createTestRecorder()
    recorder.trackSessionStart()
    recorder.trackSessionStart('id')
    recorder.trackSessionEnd()
    expect(recorder.value('app_active_sessions')).toBe(1)
    recorder.trackSessionEnd('id')
    expect(recorder.value('app_active_sessions')).toBe(0)
  },
  S36() {
    const recorder = createTestRecorder()
    recorder.trackUserAction('export_report')
    expect(recorder.value('user_action_total', { action_type: 'export_report' })).toBe(1)
    // A simple action is counted, not timed.
    expect(recorder.value('user_action_duration_seconds', { action_type: 'export_report' })).toMatchObject({ count: 0 })
  },
  S37() {
    const recorder = createTestRecorder()
    const upload = () => {
      using _timer = new UserActionTimer('document_upload', { recorder })
      recorder.clock.advanceMs(750)
      throw new Error('no')
    }
    expect(upload).toThrow('no')
    expect(recorder.value('user_action_total', { action_type: 'document_upload' })).toBe(1)
    expect(recorder.value('user_action_duration_seconds', { action_type: 'document_upload' })).toMatchObject({
      count: 1,
      sum: 0.75,
    })
  },
  async S39() {
    const own = Object.values(builtinCatalog.metrics).filter(({ vocabulary }) => vocabulary === 'securetrack')
    expect(own).toHaveLength(20)
    // All metrics of a page are in the catalogue, and every instrument exists from the start.
    const recorder = createRecorder()
    const instruments = Object.keys(recorder.metrics)
    expect(instruments.sort()).toEqual(Object.keys(builtinCatalog.metrics).sort())
    const readings = recorder.readings().map(({ prometheusName }) => prometheusName)
    for (const { name } of await pageOf(recorder)) expect(readings).toContain(name)
  },
  S41() {
    const recorder = createTestRecorder()
    // One metric of each documented kind, by a function and, if available, by a decorator or block.
    recorder.recordLlmRequest('gpt-4', 'chat')
    recorder.recordLlmTokens('gpt-4', 120, 30)
    recorder.timeLlmRequest('gpt-4', 'chat').end()
    recorder.recordLlmCompletionSize('gpt-4', 6)
    recorder.recordLlmError('gpt-4', 'APIError')
    recorder.recordLlmRateLimit('gpt-4')
    recorder.observeRequest({ endpoint: '/', method: 'GET', statusCode: 500, durationMs: 1 })
    recorder.trackSessionStart()
    recorder.withFeature('threat_analysis', () => undefined)
    recorder.trackFeatureUsage('threat_analysis')
    recorder.trackFeatureError('threat_analysis', new Error('no'))
    recorder.trackUserRegistration()
    recorder.trackUserLogin()
    recorder.trackAuthFailure()
    recorder.withUserAction('document_upload', () => undefined)
    recorder.updateWorkspaceSize('user-42', 1)
    recorder.recordAnalysisComplexity('threat_model', 1)
    const said = recorder.readings().filter(({ spec }) => spec.vocabulary === 'securetrack')
    expect(said.filter((reading) => reading.cells().length === 0).map(({ name }) => name)).toEqual([])
    expect(said).toHaveLength(20)
  },
}
