import { at, isShape, listAt, textAt } from '@quipu/wire/shape'

/** Maximum number of known tools per server. Calls of further tools are counted together. */
const MAX_TOOLS = 1000
const OTHER = 'other'

/**
 * Decides which names of tools and prompts become label values. A name that the server has neither listed nor
 * registered was chosen by a model or an attacker. It gets no series, because such names would exhaust the budget.
 */
export interface KnownNames {
  /** Learns the names in a result of `tools/list`. */
  learn(result: unknown): void
  /**
   * Returns the name under which to count a tool call.
   * @param isTrusted whether to use a name before there is a list: the application sent it, or the server served it
   */
  toolLabel(name: string, isTrusted: boolean): string
  /** Returns the name under which to count a prompt. */
  promptLabel(name: string, isTrusted: boolean): string
  /** Returns whether the server lists its tools and has no tool of this name. */
  isUnknownTool(name: string): boolean
}

/** @param clientOrServer client or server of the session; an McpServer stores what it has registered by name */
export function createKnownNames(clientOrServer: object | undefined): KnownNames {
  const listed = new Set<string>()
  let hasList = false
  const isRegistered = (kind: string, name: string): boolean => {
    const registered = at(clientOrServer, kind)
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

/** Returns whether the result of a tool reports a failure. */
export function isToolError(result: unknown): boolean {
  return at(result, 'isError') === true
}
