/** The parts of a model request that this server uses. */
export interface ModelRequest {
  readonly path: string
  readonly model: string
  readonly stream: boolean
  readonly includeUsage: boolean
  /** All text of the conversation, whose input tokens are counted. */
  readonly input: string
  /** The last message of the user, which may contain a script. */
  readonly prompt: string
  /** Whether the last message is a tool's result. */
  readonly isAfterTool: boolean
  readonly base64: boolean
  readonly attempt: number
}

type Json = { readonly [name: string]: unknown }

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (Array.isArray(content)) return content.map(textOf).join(' ')
  return isObject(content) ? textOf(content.text ?? content.content ?? '') : ''
}

/** Parses a request's body; null for a body that the SDK would not send. */
export function readRequest(path: string, retryCount: string | undefined, body: string): ModelRequest | null {
  let parsed: unknown
  try {
    parsed = JSON.parse(body)
  } catch {
    return null
  }
  if (!isObject(parsed) || typeof parsed.model !== 'string') return null
  const conversation = parsed.messages ?? parsed.input ?? parsed.prompt ?? ''
  const last: unknown = Array.isArray(conversation)
    ? (conversation.findLast(isFromUser) ?? conversation.at(-1))
    : conversation
  const options = parsed.stream_options
  return {
    path,
    model: parsed.model,
    stream: parsed.stream === true,
    includeUsage: isObject(options) && options.include_usage === true,
    input: textOf(conversation),
    prompt: textOf(last),
    isAfterTool: Array.isArray(conversation) && isToolResult(conversation.at(-1)),
    base64: parsed.encoding_format === 'base64',
    attempt: Number(retryCount ?? 0) || 0,
  }
}

function isFromUser(message: unknown): boolean {
  return isObject(message) && message.role === 'user'
}

function isToolResult(message: unknown): boolean {
  return isObject(message) && (message.role === 'tool' || message.type === 'function_call_output')
}
