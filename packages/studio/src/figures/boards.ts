/** The generated board that queries a family: its title, and its file in `dashboards/`. */
export interface Board {
  readonly title: string
  readonly file: string
}

const BOARDS: readonly (readonly [prefix: string, title: string, file: string])[] = [
  ['llm_cost_usd', 'Cost and budgets', 'cost'],
  ['llm_feature_cost_usd', 'Cost and budgets', 'cost'],
  ['llm_tokens_by_user', 'Cost and budgets', 'cost'],
  ['llm_price_unknown', 'Cost and budgets', 'cost'],
  ['llm_usage_missing', 'Cost and budgets', 'cost'],
  ['llm_feature', 'Features', 'features'],
  ['llm_', 'LLM', 'llm'],
  ['gen_ai_execute_tool', 'Tools and files', 'tools-and-files'],
  ['gen_ai_invoke_agent', 'Tools and files', 'tools-and-files'],
  ['gen_ai_', 'LLM', 'llm'],
  ['mcp_', 'Tools and files', 'tools-and-files'],
  ['aki_', 'Aki', 'aki'],
  ['app_active_sessions', 'Users', 'users'],
  ['app_', 'Application', 'application'],
  ['http_', 'Node.js', 'node'],
  ['feature_', 'Features', 'features'],
  ['user_', 'Users', 'users'],
  ['workspace_', 'Users', 'users'],
  ['analysis_', 'Users', 'users'],
  ['process_', 'Node.js', 'node'],
  ['nodejs_', 'Node.js', 'node'],
  ['v8js_', 'Node.js', 'node'],
  ['quipu_', 'Pipeline health', 'pipeline'],
]

/** Returns the board of a family. Families of the application's own catalogue are on the board of its own metrics. */
export function boardOf(family: string): Board {
  const [, title = 'Own metrics', file = 'own'] = BOARDS.find(([prefix]) => family.startsWith(prefix)) ?? []
  return { title: `Quipu · ${title}`, file: `dashboards/${file}.json` }
}
