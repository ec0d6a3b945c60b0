import type { Catalog } from '@quipu/catalog/builtin'
import type { Board } from '../model/board.js'
import { akiBoard } from './aki.js'
import { applicationBoard } from './application.js'
import { costBoard } from './cost.js'
import { featuresBoard } from './features.js'
import { llmBoard } from './llm.js'
import { nodeBoard } from './node.js'
import { overviewBoard } from './overview.js'
import { ownBoard } from './own.js'
import { pipelineBoard } from './pipeline.js'
import { boardMetrics } from './scope.js'
import { toolsAndFilesBoard } from './tools-and-files.js'
import { usersBoard } from './users.js'

/** Boards of the built-in metrics, which every recorder has. */
export const builtinBoards: readonly Board[] = [
  overviewBoard,
  llmBoard,
  applicationBoard,
  featuresBoard,
  usersBoard,
  toolsAndFilesBoard,
  akiBoard,
  costBoard,
  nodeBoard,
  pipelineBoard,
]

/**
 * Returns the boards of a catalogue: the built-in ones, and a board of the application's own metrics if it defines any.
 */
export function boardsOf(catalog: Catalog): readonly Board[] {
  const own = ownBoard({ ...catalog.metrics }, boardMetrics)
  return own === undefined ? builtinBoards : [...builtinBoards, own]
}
