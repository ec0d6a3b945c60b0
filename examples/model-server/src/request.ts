/** A model request, as much of it as this server understands. */
export interface ModelRequest {
  readonly path: string
  readonly model: string
  readonly stream: boolean
  readonly includeUsage: boolean
  /** All text of the conversation, which the input tokens are counted of. */
  readonly input: string
  /** What the user said last, which may carry a script. */
  readonly prompt: string
  /** The last message is a tool's result, which the model answers. */
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

/** Reads a request's body; null when it is none that the SDK would send. */
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
