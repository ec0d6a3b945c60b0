import { at, listAt, textAt } from '../shape.js'

/** How many tools of one server are known by name; a server that lists more has the others counted together. */
const MAX_TOOLS = 1000

/** The tools that a server has said it has: names beside them are a model's or a stranger's, and make no series (T29). */
export interface ToolNames {
  /** Learns from a result of `tools/list`. */
  learn(result: unknown): void
  /** The name to count a call under. */
  labelOf(name: string): string
  /** Whether the server lists its tools and has none of this name. */
  isUnknown(name: string): boolean
}

export function createToolNames(): ToolNames {
  const names = new Set<string>()
  let hasList = false
  return {
    learn(result) {
      hasList = true
      for (const tool of listAt(result, 'tools')) {
        const name = textAt(tool, 'name')
        if (name !== undefined && names.size < MAX_TOOLS) names.add(name)
      }
    },
    labelOf: (name) => (hasList && !names.has(name) ? 'other' : name),
    isUnknown: (name) => hasList && !names.has(name),
  }
}

/** Whether a tool's result says that it failed. */
export function isToolError(result: unknown): boolean {
  return at(result, 'isError') === true
}
