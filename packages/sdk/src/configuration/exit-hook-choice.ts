/** The ends of the process that are handled. */
export interface ExitHookChoice {
  readonly beforeExit: boolean
  readonly exit: boolean
  readonly signals: readonly NodeJS.Signals[]
}
