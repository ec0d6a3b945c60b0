export {
  deleteWorkspace,
  recordAnalysisComplexity,
  startUserAction,
  trackUserAction,
  UserActionTimer,
  updateWorkspaceSize,
  withUserAction,
} from '@quipu/core'
