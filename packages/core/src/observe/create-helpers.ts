import { currentScope, withAttribution, withUser } from './context.js'
import { startFeature, trackFeatureError, withFeature } from './feature.js'
import { trackFileStored, trackFileUpload } from './files.js'
import { optionsOfMethod, withLlmCall } from './llm-run.js'
import { openLlmCall } from './open-llm-call.js'
import type { RecorderHelpers } from './recorder-helpers.js'
import type { Recording } from './recording.js'
import { observeRequest } from './request.js'
import type { Sessions } from './sessions.js'
import { startTimer } from './timer.js'
import { startToolCall, withToolCall } from './tool-call.js'
import { createTracker } from './tracker.js'
import { startUserAction, withUserAction } from './user-action.js'

/** The helpers of one recorder. */
export function createHelpers(recording: Recording, sessions: Sessions): RecorderHelpers {
  const { write, guard } = recording
  const trackFeature = createTracker((name) => (run) => withFeature(recording, name, run))
  return {
    withFeature: (name, fn) => withFeature(recording, name, fn),
    startFeature: (name) => startFeature(recording, name),
    trackFeature,
    trackFeatureAsync: trackFeature,
    trackFeatureUsage: (name) => write('feature_usage_total', 1, { feature_name: name }),
    trackFeatureError: (name, error) => trackFeatureError(recording, name, error),
    trackUserAction: (action) => write('user_action_total', 1, { action_type: action }),
    withUserAction: (action, fn) => withUserAction(recording, action, fn),
    startUserAction: (action) => startUserAction(recording, action),
    trackUserRegistration: () => write('user_registrations_total', 1),
    trackUserLogin: () => write('user_logins_total', 1),
    trackAuthFailure: (reason = 'invalid_credentials') => write('user_auth_failures_total', 1, { reason }),
    trackSessionStart: (id) => void guard('sessions', () => sessions.start(id)),
    touchSession: (id) => void guard('sessions', () => sessions.touch(id)),
    trackSessionEnd: (id) => void guard('sessions', () => sessions.end(id)),
    updateWorkspaceSize: (userId, bytes) => write('workspace_size_bytes', bytes, { user_id: userId }),
    deleteWorkspace: (userId) => recording.remove('workspace_size_bytes', { user_id: userId }),
    recordAnalysisComplexity: (type, score) => write('analysis_complexity', score, { analysis_type: type }),
    startLlmCall: (options) => openLlmCall(recording, options),
    withLlmCall: (options, fn) => withLlmCall(recording, options, fn),
    trackLlmCall: createTracker(
      (endpoint) => (run, self, args) => withLlmCall(recording, optionsOfMethod(endpoint, self, args), run),
    ),
    recordLlmRequest: (model, endpoint) => write('llm_requests_total', 1, { model, endpoint }),
    recordLlmTokens(model, inputTokens = 0, outputTokens = 0) {
      if (inputTokens !== 0) write('llm_tokens_total', inputTokens, { model, type: 'input' })
      if (outputTokens !== 0) write('llm_tokens_total', outputTokens, { model, type: 'output' })
      // T14: of what was taken, also when that is one side only.
      const total = usable(inputTokens) + usable(outputTokens)
      if (total > 0) write('llm_tokens_total', total, { model, type: 'total' })
    },
    timeLlmRequest(model, endpoint) {
      const elapsedMs = startTimer(recording)
      let open = true
      const end = (): void => {
        if (open) write('llm_request_duration_seconds', elapsedMs() / 1000, { model, endpoint })
        open = false
      }
      return { end, [Symbol.dispose]: end }
    },
    recordLlmCompletionSize: (model, bytes) => write('llm_completion_size_bytes', bytes, { model }),
    recordLlmError: (model, errorType) => write('llm_errors_total', 1, { model, error_type: errorType }),
    recordLlmRateLimit: (model) => write('llm_rate_limits_total', 1, { model }),
    withToolCall: (tool, fn, options) => withToolCall(recording, tool, fn, options),
    startToolCall: (tool, options) => startToolCall(recording, tool, options),
    observeRequest: (request) => observeRequest(recording, request),
    trackFileUpload: (file) => trackFileUpload(recording, file),
    trackFileStored: (file) => trackFileStored(recording, file),
    trackError: (errorType, options) =>
      void guard('error', () => recording.logEvent('error', options?.user, { error_type: errorType })),
    // T28: no profile is active yet, or any more.
    trackAppStartup: () => write('user_action', 1, { action_type: 'app_startup', profile_name: 'none' }),
    trackAppShutdown: () => write('user_action', 1, { action_type: 'app_shutdown', profile_name: 'none' }),
    withUser,
    withAttribution,
  }
}

/** A count that can be added; 0 for what cannot. */
function usable(count: unknown): number {
  return typeof count === 'number' && count > 0 && Number.isFinite(count) ? count : 0
}

/** The user of an event: the one given, or whoever `withUser` names. */
export function userOf(user: string | null | undefined): string | null {
  return (user === undefined ? currentScope().user : user) ?? null
}
