import { DimensionNames, logMetric, MetricNames, type UsageMetrics } from '@quipu/sdk'
import { FeatureMetrics, trackFeatureAsync } from '@quipu/sdk/feature-metrics'
import { trackSessionEnd, trackSessionStart, trackUserLogin } from '@quipu/sdk/session-metrics'
import { trackUserAction, UserActionTimer } from '@quipu/sdk/user-metrics'
import type { LLMService } from './app/llm-service.js'

// The snippets of the three documents, in TypeScript, in their order.

/** "Tracking LLM Usage": the method is decorated. */
export async function trackingLlmUsage(llmService: LLMService, prompt: string): Promise<string> {
  const response = await llmService.generateResponse({ prompt })
  return response.choices[0]?.message.content ?? ''
}

function analyzeThreats(input: readonly string[]): number {
  return input.length
}

/** "Tracking Feature Usage", with the context manager. */
export function trackingFeatureUsage(input: readonly string[]): number {
  using feature = new FeatureMetrics('threat_analysis')
  try {
    return analyzeThreats(input)
  } catch (error) {
    feature.fail(error)
    throw error
  }
}

/** "Tracking Feature Usage", with the decorator. */
export class DataFlows {
  @trackFeatureAsync('data_flow_analysis')
  async analyzeDataFlow(diagram: readonly string[]): Promise<number> {
    return diagram.length
  }
}

/** "Tracking User Sessions". */
export function trackingUserSessions(): void {
  // When a user logs in
  trackSessionStart()
  trackUserLogin()

  // When a user logs out
  trackSessionEnd()
}

/** "Tracking User Actions". */
export async function trackingUserActions(uploadDocument: () => Promise<void>): Promise<void> {
  // Simple action tracking
  trackUserAction('export_report')

  // Timed action
  {
    using _timer = new UserActionTimer('document_upload')
    await uploadDocument()
  }
}

/** Atlas, "Usage in Code". */
export function loggingMetrics(userEmail: string): void {
  logMetric('llm_call', userEmail, { model: 'gpt-4', message_count: 5 })
  logMetric('tool_call', userEmail, { tool_name: 'calculator' })
  logMetric('file_upload', userEmail, { file_size: 1024, content_type: 'application/pdf' })
  logMetric('error', userEmail, { error_type: 'rate_limit' })
}

/** Aki, "Adding New Metrics": the low-level call below the helpers. */
export function recordingMetrics(usage: UsageMetrics, modelId: string): void {
  usage.recordMetric(MetricNames.TOKEN_INPUT, 120, { dimensions: { [DimensionNames.MODEL_ID]: modelId } })
}
