import { at, isShape, listAt, textAt } from '../shape.js'

/** The most tools of one server that are known by name; calls of its further tools are counted together. */
const MAX_TOOLS = 1000
const OTHER = 'other'

/**
 * Which names of tools and prompts become label values. A name that the server neither lists nor has registered comes from
 * a model or a stranger: it makes no series, or a scanner's names would use up the budget (T29).
 */
export interface KnownNames {
  /** Learns from a result of `tools/list`. */
  learn(result: unknown): void
  /**
   * The name to count a tool call under.
   * @param isTrusted whether to keep a name while there is no list: the application sent it, or the server served it
   */
  toolLabel(name: string, isTrusted: boolean): string
  /** The name to count a prompt under. */
  promptLabel(name: string, isTrusted: boolean): string
  /** Whether the server lists its tools and has no tool of this name. */
  isUnknownTool(name: string): boolean
}

/** @param owner client or server of the session: an McpServer keeps what it has registered by name */
export function createKnownNames(owner: object | undefined): KnownNames {
  const listed = new Set<string>()
  let hasList = false
  const isRegistered = (kind: string, name: string): boolean => {
    const registered = at(owner, kind)
    return isShape(registered) && Object.hasOwn(registered, name)
  }
  const isKnownTool = (name: string): boolean => listed.has(name) || isRegistered('_registeredTools', name)
  return {
    learn(result) {
      hasList = true
      for (const tool of listAt(result, 'tools')) {
        const name = textAt(tool, 'name')
        if (name !== undefined && listed.size < MAX_TOOLS) listed.add(name)
      }
    },
    toolLabel: (name, isTrusted) => (isKnownTool(name) || (isTrusted && !hasList) ? name : OTHER),
    promptLabel: (name, isTrusted) => (isTrusted || isRegistered('_registeredPrompts', name) ? name : OTHER),
    isUnknownTool: (name) => hasList && !isKnownTool(name),
  }
}

/** Whether a tool's result says that it failed. */
export function isToolError(result: unknown): boolean {
  return at(result, 'isError') === true
}
