import {
  DataFlows,
  loggingMetrics,
  recordingMetrics,
  trackingFeatureUsage,
  trackingLlmUsage,
  trackingUserActions,
  trackingUserSessions,
} from '../snippets.js'
import type { System } from '../system.js'
import type { Account } from './account.js'
import { type Secret, Visitor } from './visitor.js'

const USERS = ['ana@example.com', 'ben@example.com', 'chen@example.com', 'dina@example.com']

/** Expected results of the start of the application. */
export function expectStart(account: Account): void {
  account.akiAction('app_startup', 'none')
  account.add('aki_active_user_total', { version_id: '1.2.0' })
  account.add('aki_active_users')
  for (const side of ['client', 'server']) {
    for (const method of ['initialize', 'notifications/initialized', 'tools/list']) {
      account.add(`mcp_${side}_operation_duration_seconds_count`, {
        mcp_method_name: method,
        gen_ai_tool_name: '',
        error_type: '',
      })
    }
  }
  // No value may be lost, and no internal error may occur.
  for (const metric of ['quipu_dropped_total', 'quipu_guard_catches_total', 'quipu_folded_total']) {
    account.add(metric, {}, 0)
  }
}

/** A fixed workload of several concurrent users. It runs once, because it registers its users. */
export async function runFixedWorkload(
  system: System,
  account: Account,
  secret: Secret,
  users: readonly string[] = USERS,
): Promise<void> {
  await Promise.all(users.map((user) => visit(new Visitor(account, system.url, user, secret))))
  await runSnippets(system, account, secret)
}

async function visit(visitor: Visitor): Promise<void> {
  await visitor.register()
  await visitor.loginWithWrongPassword()
  await visitor.login()
  await visitor.comeWithForgedToken()
  const small = await visitor.upload('open port 22')
  const large = await visitor.upload('app -> db\nadmin -> app\nuser -> app\nroot -> db')
  await visitor.uploadTooMuch()
  await visitor.download(large)
  await visitor.downloadNothing()
  await visitor.analyzeThreats(small)
  await visitor.analyzeDataFlow(large)
  await visitor.analyzeCorrupt()
  await visitor.exportReport()
  await Promise.all([visitor.chat(), visitor.chatWithRetries(), visitor.stream(), visitor.ask(), visitor.search()])
  await Promise.all([visitor.opinion('review'), visitor.opinion('title'), visitor.chat()])
  await visitor.chatWithTool('calculator')
  await visitor.chatWithTool('file_reader')
  await visitor.chatWithTool('made_up')
  await visitor.chatWithoutPrompt()
  await visitor.chatWithoutLuck()
  await visitor.chatWithBrokenModel()
  await visitor.streamThatBreaks()
  await visitor.streamThatFails()
  await visitor.stopStream()
  await visitor.preview()
  await visitor.crash()
  await visitor.lookAround()
  await visitor.deleteWorkspace()
  await visitor.upload('one more')
  await visitor.logout()
  await visitor.login()
}

const MODEL_ID = 'anthropic.claude-3-sonnet-20240229-v1:0'

async function runSnippets({ llm, usage }: System, account: Account, secret: Secret): Promise<void> {
  await trackingLlmUsage(llm, `Your prompt here, ${secret}`)
  account.modelCall({ model: 'gpt-4', endpoint: 'generate_response', user: 'unknown', messages: 2 })

  trackingFeatureUsage([secret])
  account.feature('threat_analysis')
  await new DataFlows().analyzeDataFlow([secret])
  account.feature('data_flow_analysis')

  trackingUserSessions()
  account.add('user_logins_total')

  await trackingUserActions(async () => undefined)
  account.userAction('export_report', false)
  account.userAction('document_upload', true)

  loggingMetrics('user@example.com')
  account.line('user@example.com', 'llm_call model=gpt-4 message_count=5')
  account.line('user@example.com', 'tool_call tool_name=calculator')
  account.line('user@example.com', 'file_upload file_size=1024 content_type=application/pdf')
  account.line('user@example.com', 'error error_type=rate_limit')

  recordingMetrics(usage, MODEL_ID)
  account.add('aki_token_input_total', { model_id: MODEL_ID }, 120)
}
