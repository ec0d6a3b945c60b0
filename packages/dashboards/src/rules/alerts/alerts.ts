import type { Objectives } from '../../catalogue/objectives.js'
import type { AlertRule } from '../rule.js'
import { applicationAlerts } from './application.js'
import { budgetAlerts } from './budgets.js'
import { burnRateAlerts } from './burn-rate.js'
import { llmAlerts } from './llm.js'
import { peopleAndToolsAlerts } from './people-and-tools.js'
import { pipelineAlerts } from './pipeline.js'
import { processAlerts } from './process.js'

/** Alerts by group, in the order of the file. */
export function alertGroups(objectives: Objectives): { readonly [group: string]: readonly AlertRule[] } {
  return {
    'quipu-llm': [...burnRateAlerts(objectives), ...llmAlerts(objectives)],
    'quipu-budgets': budgetAlerts(objectives),
    'quipu-application': applicationAlerts(objectives),
    'quipu-people-and-tools': peopleAndToolsAlerts(objectives),
    'quipu-process': processAlerts(objectives),
    'quipu-pipeline': pipelineAlerts,
  }
}
