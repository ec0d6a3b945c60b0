import './default-lines.js'

export {
  deleteWorkspace,
  recordAnalysisComplexity,
  startUserAction,
  trackUserAction,
  UserActionTimer,
  updateWorkspaceSize,
  withUserAction,
} from '@quipu/core'
