import { type Script, withScript } from 'quipu-example-model-server'
import { MODEL } from '../app/assistant.js'
import { EMBEDDING_MODEL } from '../app/chat.js'
import { REVIEW_MODEL, TITLE_MODEL } from '../app/opinions.js'
import type { Account, ModelCall } from './account.js'
import { Browser } from './browser.js'

/** A secret that is planted in all user input and must not appear in any output. */
export type Secret = string

interface KnownDocument {
  readonly id: string
  readonly lines: number
}

/**
 * A user of the application. Each method performs one action over HTTP, and adds its expected results to the account. It
 * throws on an unexpected response.
 */
export class Visitor {
  readonly #account: Account
  readonly #browser: Browser
  readonly #secret: Secret
  readonly #base: string
  readonly #report = ['# Report']
  #stored = 0

  constructor(account: Account, url: string, user: string, secret: Secret) {
    this.#account = account
    this.#browser = new Browser(url, user)
    this.#secret = secret
    this.#base = `/workspaces/${encodeURIComponent(user)}`
  }

  get #user(): string {
    return this.#browser.user
  }

  async #request(endpoint: string, method: string, status: number, path: string, body?: unknown, headers = {}) {
    const answer = await this.#browser.request(method, path, body, headers)
    if (answer.status !== status) throw new Error(`${method} ${endpoint} answered ${answer.status}, not ${status}`)
    this.#account.request(endpoint, method, status)
    return answer.text
  }

  get #credentials() {
    return { user: this.#user, password: `${this.#secret}-password` }
  }

  async register(): Promise<void> {
    await this.#request('/register', 'POST', 201, '/register', this.#credentials)
    this.#account.add('user_registrations_total')
  }

  async login(): Promise<void> {
    const text = await this.#request('/login', 'POST', 200, '/login', this.#credentials)
    this.#browser.token = JSON.parse(text).token
    this.#account.add('user_logins_total')
    this.#account.add('app_active_sessions')
  }

  async loginWithWrongPassword(): Promise<void> {
    const wrong = { user: this.#user, password: `wrong ${this.#secret}` }
    await this.#request('/login', 'POST', 401, '/login', wrong)
    this.#account.add('user_auth_failures_total', { reason: 'invalid_credentials' })
  }

  async comeWithForgedToken(): Promise<void> {
    const headers = { authorization: `Bearer ${this.#secret}` }
    const path = `${this.#base}/documents/1`
    // Rejected at the mount path of the workspaces, before any route.
    await this.#request('/workspaces/:workspace', 'GET', 401, path, undefined, headers)
    this.#account.add('user_auth_failures_total', { reason: 'invalid_token' })
  }

  async logout(): Promise<void> {
    await this.#request('/logout', 'POST', 204, '/logout')
    this.#browser.token = ''
    this.#account.add('app_active_sessions', {}, -1)
  }

  async upload(text: string): Promise<KnownDocument> {
    const body = `${text}\n${this.#secret}`
    const size = Buffer.byteLength(body)
    const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-file-name': `${this.#secret}.txt` }
    const endpoint = '/workspaces/:workspace/documents'
    const answer = await this.#request(endpoint, 'POST', 201, `${this.#base}/documents`, body, headers)
    this.#account.userAction('document_upload', true)
    this.#account.line(this.#user, `file_stored file_size=${size} content_type=text/plain category=uploads`)
    this.#account.line(this.#user, `file_upload file_size=${size} content_type=text/plain`)
    this.#stored += size
    this.#account.add('workspace_size_bytes', {}, size)
    return { id: JSON.parse(answer).id, lines: body.split('\n').length }
  }

  async uploadTooMuch(): Promise<void> {
    const endpoint = '/workspaces/:workspace/documents'
    await this.#request(endpoint, 'POST', 413, `${this.#base}/documents`, 'x'.repeat(70_000))
  }

  async download({ id }: KnownDocument): Promise<void> {
    await this.#request('/workspaces/:workspace/documents/:id', 'GET', 200, `${this.#base}/documents/${id}`)
  }

  async downloadNothing(): Promise<void> {
    const path = `${this.#base}/documents/${this.#secret}`
    await this.#request('/workspaces/:workspace/documents/:id', 'GET', 404, path)
  }

  async #analyze(id: string, kind: string, status: number): Promise<string> {
    const endpoint = '/workspaces/:workspace/documents/:id/analysis'
    this.#account.userAction('run_analysis', false)
    return this.#request(endpoint, 'POST', status, `${this.#base}/documents/${id}/analysis`, { kind })
  }

  #analyzed(kind: string, lines: number, findings: number): void {
    const complexity = Math.min(10, lines)
    this.#account.add('analysis_complexity_count', { analysis_type: kind })
    this.#account.add('analysis_complexity_sum', { analysis_type: kind }, complexity)
    this.#report.push(`${kind}: ${complexity}/10, ${findings} findings`)
  }

  async analyzeThreats({ id, lines }: KnownDocument): Promise<void> {
    const text = await this.#analyze(id, 'threat_model', 200)
    this.#account.feature('threat_analysis')
    this.#analyzed('threat_model', lines, JSON.parse(text).findings.length)
  }

  async analyzeDataFlow({ id, lines }: KnownDocument): Promise<void> {
    const text = await this.#analyze(id, 'data_flow', 200)
    this.#account.feature('data_flow_analysis')
    this.#analyzed('data_flow', lines, JSON.parse(text).findings.length)
    this.#account.modelCall({ model: 'gpt-4', endpoint: 'analyze_diagram', user: this.#user, messages: 1 })
  }

  async analyzeCorrupt(): Promise<void> {
    const { id } = await this.upload('corrupt \0')
    await this.#analyze(id, 'threat_model', 422)
    this.#account.feature('threat_analysis', 'CorruptDocumentError')
    this.#account.line(this.#user, 'error error_type=validation')
  }

  async exportReport(): Promise<void> {
    await this.#request('/workspaces/:workspace/reports', 'POST', 201, `${this.#base}/reports`)
    this.#account.userAction('export_report', true)
    this.#account.feature('export')
    const size = Buffer.byteLength(this.#report.join('\n'))
    this.#account.line(this.#user, `file_stored file_size=${size} content_type=text/markdown category=generated`)
  }

  async deleteWorkspace(): Promise<void> {
    await this.#request('/workspaces/:workspace', 'DELETE', 204, this.#base)
    this.#account.add('workspace_size_bytes', {}, -this.#stored)
    this.#stored = 0
    this.#report.splice(1)
  }

  #prompt(script: Script = {}): { prompt: string } {
    return { prompt: withScript(`Is ${this.#secret} safe?`, script) }
  }

  async #chat(status: number, script: Script, calls: readonly Partial<ModelCall>[], errorClass?: string) {
    await this.#request('/assistant/chat', 'POST', status, '/assistant/chat', this.#prompt(script))
    this.#account.akiAction('message')
    this.#account.feature('chat', errorClass)
    const common = { model: MODEL, endpoint: 'chat', feature: 'chat', user: this.#user, messages: 2, tools: 0 }
    for (const call of calls) this.#account.modelCall({ ...common, ...call })
  }

  chat(): Promise<void> {
    // Includes characters of two and three bytes, so that bytes and characters differ.
    return this.#chat(200, { text: `Ñandú ✓ ${this.#secret} é 🦙` }, [{}])
  }

  /** The client retries, and the user does not notice. */
  chatWithRetries(): Promise<void> {
    return this.#chat(200, { rateLimits: 1 }, [{ retries: ['rate_limit'] }])
  }

  chatWithoutLuck(): Promise<void> {
    const error = 'rate_limit'
    const call = { outcome: 'failed', error, retries: ['rate_limit', 'rate_limit'], hasOutput: false } as const
    return this.#chat(429, { rateLimits: 9 }, [call], 'RateLimitError')
  }

  chatWithBrokenModel(): Promise<void> {
    const error = 'server_error'
    const call = { outcome: 'failed', error, retries: ['server_error', 'server_error'], hasOutput: false } as const
    return this.#chat(502, { failures: 9 }, [call], 'InternalServerError')
  }

  async chatWithTool(tool: 'calculator' | 'file_reader' | 'made_up'): Promise<void> {
    const args = {
      calculator: { numbers: [2, 2] },
      file_reader: { path: `/${this.#secret}` },
      made_up: { a: this.#secret },
    }
    const script = { toolCalls: [{ name: tool, arguments: JSON.stringify(args[tool]) }] }
    await this.#chat(200, script, [{ tools: 1 }, { messages: 4, tools: 0 }])
    if (tool === 'calculator') this.#account.toolCall(tool, this.#user)
    else if (tool === 'file_reader') this.#account.toolCall(tool, this.#user, 'tool_error')
    else this.#account.toolCall('other', this.#user, 'unknown_tool')
  }

  async chatWithoutPrompt(): Promise<void> {
    await this.#request('/assistant/chat', 'POST', 422, '/assistant/chat', { secret: this.#secret })
    this.#account.akiAction('message')
    this.#account.feature('chat', 'InvalidRequestError')
    this.#account.line(this.#user, 'error error_type=validation')
  }

  #streamed(call: Partial<ModelCall>): void {
    const endpoint = 'chat_stream'
    const common = { model: MODEL, endpoint, feature: endpoint, user: this.#user, messages: 2, streamed: true }
    this.#account.akiAction('message')
    this.#account.modelCall({ ...common, ...call })
  }

  async #stream(script: Script, call: Partial<ModelCall>): Promise<void> {
    await this.#request('/assistant/chat/stream', 'POST', 200, '/assistant/chat/stream', this.#prompt(script))
    this.#streamed(call)
  }

  stream(): Promise<void> {
    return this.#stream({ text: `Señal 🦙 ${this.#secret}` }, {})
  }

  /** The model server closes the connection within its response. */
  streamThatBreaks(): Promise<void> {
    const error = 'connection'
    return this.#stream({ breakAfter: 3 }, { outcome: 'failed', error })
  }

  /** The model server reports a failure within its response. */
  streamThatFails(): Promise<void> {
    const error = 'server_error'
    return this.#stream({ failAfter: 3 }, { outcome: 'failed', error })
  }

  /** The user disconnects within the response. */
  async stopStream(): Promise<void> {
    await this.#browser.readSome('/assistant/chat/stream', this.#prompt({ hangAfter: 4 }), 3)
    this.#account.request('/assistant/chat/stream', 'POST', 499)
    this.#account.akiAction('stop')
    // On the wire, a user who stops the response and an application that stops reading look alike.
    this.#streamed({ outcome: 'abandoned' })
  }

  /** The application stops reading a response. */
  async preview(): Promise<void> {
    const prompt = this.#prompt({ hangAfter: 2 })
    await this.#request('/assistant/chat/preview', 'POST', 200, '/assistant/chat/preview', prompt)
    this.#account.modelCall({
      model: MODEL,
      endpoint: 'preview',
      feature: 'preview',
      user: this.#user,
      messages: 2,
      streamed: true,
      outcome: 'abandoned',
    })
  }

  async ask(): Promise<void> {
    await this.#request('/assistant/questions', 'POST', 200, '/assistant/questions', this.#prompt())
    this.#account.modelCall({ model: 'gpt-4', endpoint: 'generate_response', user: this.#user, messages: 2 })
  }

  /** Another provider with its own client (`review`), and a framework above a client (`title`). */
  async opinion(feature: 'review' | 'title'): Promise<void> {
    const path = `/assistant/${feature}s`
    await this.#request(path, 'POST', 200, path, this.#prompt())
    const model = feature === 'review' ? REVIEW_MODEL : TITLE_MODEL
    this.#account.modelCall({ model, endpoint: feature, feature, user: this.#user, messages: 1 })
  }

  async search(): Promise<void> {
    await this.#request('/assistant/search', 'POST', 200, '/assistant/search', this.#prompt())
    this.#account.modelCall({
      model: EMBEDDING_MODEL,
      endpoint: 'search',
      feature: 'search',
      user: this.#user,
      operation: 'embeddings',
      hasOutput: false,
    })
  }

  async crash(): Promise<void> {
    await this.#request('/crash', 'GET', 500, '/crash')
  }

  async lookAround(): Promise<void> {
    await this.#request('unmatched', 'GET', 404, `/${this.#secret}/wp-login.php?q=${this.#secret}`)
  }
}
