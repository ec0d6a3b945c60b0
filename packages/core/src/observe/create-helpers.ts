import { currentScope, withAttribution, withUser } from './context.js'
import { type FeatureRun, startFeature, trackFeatureError, withFeature } from './feature.js'
import { type FileUpload, type StoredFile, trackFileStored, trackFileUpload } from './files.js'
import { knownName, type User } from './lazy-user.js'
import type { LlmCall, LlmCallOptions } from './llm-call.js'
import { openLlmCall } from './open-llm-call.js'
import type { Recording } from './recording.js'
import { noteReportedError } from './reported-errors.js'
import { observeRequest, type RequestReport } from './request.js'
import type { Sessions } from './sessions.js'
import { startTimer } from './timer.js'
import { startToolCall, type ToolCall, type ToolCallOptions, withToolCall } from './tool-call.js'
import { createTracker, type Tracker } from './tracker.js'
import { startUserAction, type UserActionRun, withUserAction } from './user-action.js'
import { optionsOfMethod, withLlmCall } from './with-llm-call.js'

/** The helpers of a recorder. The package exports each as a function of the process's default recorder. */
export interface RecorderHelpers extends ReturnType<typeof createHelpers> {}

/** Options of `trackError`. */
interface ErrorOptions {
  readonly user?: string | null
  /** The error itself, which `register` then does not report again. It is not read. */
  readonly error?: unknown
}

/**
 * Creates the helpers of one recorder. Their signatures are the contract, from which `RecorderHelpers` and the types of
 * `helpers.ts` follow.
 */
export function createHelpers(recording: Recording, sessions: Sessions) {
  return {
    ...featureHelpers(recording),
    ...userHelpers(recording, sessions),
    ...llmHelpers(recording),
    ...llmRecorders(recording),
    withToolCall: <T>(tool: string, fn: () => T, options?: ToolCallOptions): T =>
      withToolCall(recording, tool, fn, options),
    startToolCall: (tool: string, options?: ToolCallOptions): ToolCall => startToolCall(recording, tool, options),
    observeRequest: (request: RequestReport): void => observeRequest(recording, request),
    trackFileUpload: (file: FileUpload): void => trackFileUpload(recording, file),
    trackFileStored: (file: StoredFile): void => trackFileStored(recording, file),
    trackError: (errorType: string, options?: ErrorOptions): void =>
      void recording.guard('error', () => {
        noteReportedError(options?.error)
        recording.logEvent('error', options?.user, { error_type: errorType })
      }),
    withUser,
    withAttribution,
  }
}

function featureHelpers(recording: Recording) {
  const trackFeature: Tracker = createTracker((name) => (run) => withFeature(recording, name, run))
  return {
    withFeature: <T>(name: string, fn: () => T): T => withFeature(recording, name, fn),
    startFeature: (name: string): FeatureRun => startFeature(recording, name),
    trackFeature,
    trackFeatureAsync: trackFeature,
    trackFeatureUsage: (name: string): void => recording.write('feature_usage_total', 1, { feature_name: name }),
    trackFeatureError: (name: string, error: unknown): void => trackFeatureError(recording, name, error),
  }
}

/** Actions of users, their sessions and workspaces, and the application itself. */
function userHelpers(recording: Recording, sessions: Sessions) {
  const { write, guard } = recording
  return {
    trackUserAction: (action: string): void => write('user_action_total', 1, { action_type: action }),
    withUserAction: <T>(action: string, fn: () => T): T => withUserAction(recording, action, fn),
    startUserAction: (action: string): UserActionRun => startUserAction(recording, action),
    trackUserRegistration: (): void => write('user_registrations_total', 1),
    trackUserLogin: (): void => write('user_logins_total', 1),
    trackAuthFailure: (reason = 'invalid_credentials'): void => write('user_auth_failures_total', 1, { reason }),
    trackSessionStart: (id?: string, options?: { readonly idleTimeoutMs?: number | undefined }): void =>
      void guard('sessions', () => sessions.start(id, options?.idleTimeoutMs)),
    touchSession: (id: string): void => void guard('sessions', () => sessions.touch(id)),
    trackSessionEnd: (id?: string): void => void guard('sessions', () => sessions.end(id)),
    updateWorkspaceSize: (userId: string, bytes: number): void =>
      write('workspace_size_bytes', bytes, { user_id: userId }),
    deleteWorkspace: (userId: string): void => recording.remove('workspace_size_bytes', { user_id: userId }),
    recordAnalysisComplexity: (analysisType: string, score: number): void =>
      write('analysis_complexity', score, { analysis_type: analysisType }),
    // Aki's user actions name a profile. None is active before the application starts and after its end.
    trackAppStartup: (): void => write('user_action', 1, { action_type: 'app_startup', profile_name: 'none' }),
    trackAppShutdown: (): void => write('user_action', 1, { action_type: 'app_shutdown', profile_name: 'none' }),
  }
}

function llmHelpers(recording: Recording) {
  const trackLlmCall: Tracker = createTracker(
    (endpoint) => (run, self, args) => withLlmCall(recording, optionsOfMethod(endpoint, self, args), run),
  )
  return {
    startLlmCall: (options: LlmCallOptions): LlmCall => openLlmCall(recording, options),
    withLlmCall: <T>(options: LlmCallOptions, fn: (call: LlmCall) => T): T => withLlmCall(recording, options, fn),
    trackLlmCall,
  }
}

/** SecureTrack's recorders of single metrics, for applications that count manually. */
function llmRecorders(recording: Recording) {
  const { write } = recording
  return {
    recordLlmRequest: (model: string, endpoint: string): void => write('llm_requests_total', 1, { model, endpoint }),
    recordLlmTokens(model: string, inputTokens = 0, outputTokens = 0): void {
      if (inputTokens !== 0) write('llm_tokens_total', inputTokens, { model, type: 'input' })
      if (outputTokens !== 0) write('llm_tokens_total', outputTokens, { model, type: 'output' })
      // The sum of the recorded values, also if only one is valid.
      const total = usable(inputTokens) + usable(outputTokens)
      if (total > 0) write('llm_tokens_total', total, { model, type: 'total' })
    },
    timeLlmRequest(model: string, endpoint: string): UserActionRun {
      const elapsedMs = startTimer(recording)
      let open = true
      const end = (): void => {
        if (open) write('llm_request_duration_seconds', elapsedMs() / 1000, { model, endpoint })
        open = false
      }
      return { end, [Symbol.dispose]: end }
    },
    recordLlmCompletionSize: (model: string, bytes: number): void =>
      write('llm_completion_size_bytes', bytes, { model }),
    recordLlmError: (model: string, errorType: string): void =>
      write('llm_errors_total', 1, { model, error_type: errorType }),
    recordLlmRateLimit: (model: string): void => write('llm_rate_limits_total', 1, { model }),
  }
}

/** A count that can be added; 0 for an invalid one. */
function usable(count: unknown): number {
  return typeof count === 'number' && count > 0 && Number.isFinite(count) ? count : 0
}

/** The user of an event: the given one, otherwise that of `withUser`. */
export function userOf(user: User | undefined): string | null | Promise<string | null> {
  return knownName(user === undefined ? currentScope().user : user)
}
